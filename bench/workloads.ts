import { randomUUID } from 'node:crypto';
import type { Server } from './server.js';

/** One request of a connection, made from what the reply before it said. */
export interface Shot {
  method: 'GET' | 'PATCH' | 'POST';
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

/** What one connection sends, one after the other. */
export interface Gun {
  next(): Shot;
  /** Called with each reply before the next shot. */
  seen?(headers: Record<string, string>): void;
}

export interface Workload {
  name: string;
  title: string;
  /** Requests in one round; a slow one needs fewer to be measured well. */
  requests: number;
  connections: number;
  /** Status of every reply. */
  expects: number;
  /** One user's things, made over the server's own API; called once per connection. */
  arm(user: User): Promise<Gun>;
}

/** A user of one server. */
export class User {
  readonly userId = randomUUID();
  private readonly token: string;

  constructor(
    readonly server: Pick<Server, 'url'>,
    private readonly mint: (userId: string) => string,
  ) {
    this.token = mint(this.userId);
  }

  /** Somebody else on the same server. */
  sibling(): User {
    return new User(this.server, this.mint);
  }

  get headers(): Record<string, string> {
    return { authorization: `Bearer ${this.token}` };
  }

  async call(method: string, path: string, body?: unknown, more: Record<string, string> = {}): Promise<{ headers: Headers; body: any }> {
    const reply = await fetch(this.server.url + path, {
      method,
      headers: { ...this.headers, ...(body !== undefined && { 'content-type': 'application/json' }), ...more },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${this.server.url}: ${method} ${path} answered ${reply.status} ${text}`);
    return { headers: reply.headers, body: text === '' ? undefined : JSON.parse(text) };
  }
}

const PROFILE = {
  displayName: 'Ada Lovelace', givenName: 'Ada', familyName: 'Lovelace', email: 'ada@example.com', locale: 'en-GB', timeZone: 'Europe/London',
  bio: 'Wrote the first program for a machine that did not exist yet.', preferences: { theme: 'dark', digest: { weekly: true, hour: 8 } },
};
export const FILE = { name: 'report.txt', contentType: 'text/plain', size: 11 };
const BIG = { name: 'film.bin', contentType: 'application/octet-stream', size: 80 * 2 ** 30 };
const CONTENT = 'hello world';
const LIST = 50;

export const createProfile = (user: User) => user.call('PUT', '/v1/profiles/me', PROFILE);
const always = (shot: Shot): Gun => ({ next: () => shot });

export async function createReady(user: User): Promise<string> {
  const { body } = await user.call('POST', '/v1/documents', FILE);
  const put = await fetch(body.upload.url, { method: 'PUT', headers: body.upload.headers, body: CONTENT });
  if (!put.ok) throw new Error(`upload: ${put.status} ${await put.text()}`);
  await user.call('POST', `/v1/documents/${body.document.id}/upload/complete`, {});
  return body.document.id as string;
}

const json = { 'content-type': 'application/json' };

const cachedProfile: Workload = {
  name: 'cached-profile',
  title: 'cached profile',
  requests: 6_000,
  connections: 16,
  expects: 200,
  async arm(user) {
    await createProfile(user);
    return always({ method: 'GET', path: '/v1/profiles/me', headers: user.headers });
  },
};

const notModified: Workload = {
  ...cachedProfile,
  name: 'not-modified',
  title: '304',
  expects: 304,
  async arm(user) {
    const { headers } = await createProfile(user);
    return always({ method: 'GET', path: '/v1/profiles/me', headers: { ...user.headers, 'if-none-match': headers.get('etag') ?? '' } });
  },
};

/** Each request asks for a profile that no cache has seen since it was written. */
const uncachedProfile: Workload = {
  ...cachedProfile,
  name: 'uncached-profile',
  title: 'uncached profile',
  requests: 640,
  async arm(user) {
    const others = Array.from({ length: 40 }, () => user.sibling());
    // One after the other: all at once would be more than a task lets in.
    for (const other of others) await createProfile(other);
    let nth = 0;
    return { next: () => ({ method: 'GET', path: '/v1/profiles/me', headers: (others[nth++ % others.length] as User).headers }) };
  },
};

const patchProfile: Workload = {
  ...cachedProfile,
  name: 'patch-profile',
  title: 'profile patch',
  requests: 1_000,
  async arm(user) {
    let etag = (await createProfile(user)).headers.get('etag') ?? '';
    let nth = 0;
    return {
      next: () => ({ method: 'PATCH', path: '/v1/profiles/me', headers: { ...user.headers, ...json, 'if-match': etag }, body: JSON.stringify({ bio: `change ${(nth += 1)}` }) }),
      seen: (headers) => (etag = headers['etag'] ?? etag),
    };
  },
};

const createDocument: Workload = {
  ...cachedProfile,
  name: 'create-document',
  title: 'create document',
  requests: 600,
  expects: 201,
  arm: async (user) => always({ method: 'POST', path: '/v1/documents', headers: { ...user.headers, ...json }, body: JSON.stringify(FILE) }),
};

const downloadUrl: Workload = {
  ...cachedProfile,
  name: 'download-url',
  title: 'download URL',
  requests: 1_500,
  async arm(user) {
    const id = await createReady(user);
    return always({ method: 'GET', path: `/v1/documents/${id}/download`, headers: user.headers });
  },
};

const partUrls: Workload = {
  ...cachedProfile,
  name: 'part-urls',
  title: '1,000 part URLs',
  requests: 8,
  connections: 2,
  async arm(user) {
    const { body } = await user.call('POST', '/v1/documents', BIG);
    const partNumbers = Array.from({ length: 1_000 }, (_, i) => i + 1);
    return always({ method: 'POST', path: `/v1/documents/${body.document.id}/upload/parts`, headers: { ...user.headers, ...json }, body: JSON.stringify({ partNumbers }) });
  },
};

const listDocuments: Workload = {
  ...cachedProfile,
  name: 'list-documents',
  title: 'list of 50',
  requests: 800,
  connections: 8,
  async arm(user) {
    for (let i = 0; i < LIST; i += 1) await user.call('POST', '/v1/documents', { ...FILE, name: `report ${i}.txt` });
    return always({ method: 'GET', path: `/v1/documents?limit=${LIST}`, headers: user.headers });
  },
};

/** 80 profile reads, 15 lists, 5 patches of a hundred. */
const mixed: Workload = {
  ...cachedProfile,
  name: 'mixed',
  title: 'mixed 80/15/5',
  requests: 3_000,
  async arm(user) {
    const [read, list, patch] = [await cachedProfile.arm(user), await listDocuments.arm(user), await patchProfile.arm(user.sibling())];
    let nth = 0;
    let last: Gun = read;
    return {
      next: () => {
        const at = (nth += 1) % 20;
        last = at === 7 ? patch : at % 7 === 3 ? list : read;
        return last.next();
      },
      seen: (headers) => last.seen?.(headers),
    };
  },
};

export const WORKLOADS: Workload[] = [cachedProfile, notModified, uncachedProfile, patchProfile, createDocument, downloadUrl, partUrls, listDocuments, mixed];
