import { createProfile, createReady, FILE, type User } from '../workloads.js';

/** One kind of request of which the cost is recorded, and its share of the traffic in the monthly bill (they add up to 1). */
export interface Route {
  name: string;
  title: string;
  share: number;
  /** The workload of the benchmark that measures its CPU. */
  workload: string;
  /** Makes what the request needs; the returned function sends it once, as often as it is called. */
  prepare(user: User): Promise<() => Promise<unknown>>;
}

export const ROUTES: Route[] = [
  {
    name: 'profile-cached', title: 'GET profile, cached', share: 0.6, workload: 'cached-profile',
    async prepare(user) {
      await createProfile(user);
      await user.call('GET', '/v1/profiles/me');
      return () => user.call('GET', '/v1/profiles/me');
    },
  },
  {
    name: 'profile-uncached', title: 'GET profile, not cached', share: 0.05, workload: 'uncached-profile',
    async prepare(user) {
      let last = user;
      return async () => {
        last = user.sibling();
        await createProfile(last);
        return { measure: () => last.call('GET', '/v1/profiles/me') };
      };
    },
  },
  {
    name: 'profile-patch', title: 'PATCH profile', share: 0.05, workload: 'patch-profile',
    async prepare(user) {
      let etag = (await createProfile(user)).headers.get('etag') ?? '';
      return async () => {
        const reply = await user.call('PATCH', '/v1/profiles/me', { bio: etag }, { 'if-match': etag });
        etag = reply.headers.get('etag') ?? '';
        return reply;
      };
    },
  },
  {
    name: 'document-create', title: 'POST document', share: 0.03, workload: 'create-document',
    prepare: async (user) => () => user.call('POST', '/v1/documents', FILE),
  },
  {
    name: 'document-complete', title: 'POST upload/complete', share: 0.03, workload: 'create-document',
    async prepare(user) {
      return async () => {
        const { body } = await user.call('POST', '/v1/documents', FILE);
        await fetch(body.upload.url, { method: 'PUT', headers: body.upload.headers, body: 'hello world' });
        return { measure: () => user.call('POST', `/v1/documents/${body.document.id}/upload/complete`, {}) };
      };
    },
  },
  {
    name: 'document-download', title: 'GET download URL', share: 0.1, workload: 'download-url',
    async prepare(user) {
      const id = await createReady(user);
      return () => user.call('GET', `/v1/documents/${id}/download`);
    },
  },
  {
    name: 'document-list', title: 'GET documents, 50', share: 0.14, workload: 'list-documents',
    async prepare(user) {
      for (let i = 0; i < 55; i += 1) await user.call('POST', '/v1/documents', { ...FILE, name: `report ${i}.txt` });
      return () => user.call('GET', '/v1/documents?limit=50');
    },
  },
];
