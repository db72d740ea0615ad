import { randomUUID } from 'node:crypto';
import type { Reply } from './api.js';
import { casRegister, type CasInput, type CasOutput } from './cas-register.js';
import { idempotentCreate, type CreateInput, type CreateOutput, type Created } from './idempotent-create.js';
import { limitedCounter, type CounterInput, type CounterOutput } from './limited-counter.js';
import { pick, type Subject } from './subject.js';
import { uploadLife, type UploadInput, type UploadOutput, type UploadState } from './upload-life.js';
import { versionedRegister, type Register, type RegisterInput, type RegisterOutput } from './versioned-register.js';

const etagOf = ({ headers }: Reply): string => String(headers['etag'] ?? '');
const match = (etag: string): { headers: Record<string, string> } => ({ headers: { 'if-match': etag } });

function unexpected({ status, body }: Reply): Error {
  return new Error(`unexpected answer ${status}: ${JSON.stringify(body)}`);
}

/** Profiles: created once, then replaced by version. */
export const profiles: Subject<Register | null, RegisterInput, RegisterOutput> = {
  name: 'profile, compare and set',
  model: versionedRegister,
  clients: 4,
  turns: 16,
  async open(api) {
    return (client) => {
      let known: { etag: string; version: number } | undefined;
      let count = 0;
      const output = (reply: Reply): RegisterOutput => {
        if (reply.status !== 200 && reply.status !== 201) return { status: reply.status as 404 | 412 | 428 };
        const { version, displayName } = reply.body;
        known = { etag: etagOf(reply), version };
        return { status: reply.status, version, value: displayName };
      };
      const put = async (displayName: string, conditions: object = {}): Promise<RegisterOutput> =>
        output(await api.call('PUT', '/v1/profiles/me', { body: { displayName }, ...conditions }));
      return async (record, random) => {
        const before = known;
        const value = `${client}-${(count += 1)}`;
        const choice = random();
        if (choice < 0.55) await record({ do: 'read' }, async () => output(await api.call('GET', '/v1/profiles/me')));
        else if (!before || choice < 0.58) await record({ do: 'create', value }, () => put(value));
        else await record({ do: 'replace', expected: before.version, value }, () => put(value, match(before.etag)));
      };
    };
  },
};

/** Session data: there from the beginning, replaced by its ETag. */
export const sessions: Subject<string, CasInput, CasOutput> = {
  name: 'session data',
  model: casRegister(''),
  clients: 4,
  turns: 16,
  async open(api) {
    return (client) => {
      let known: { etag: string; value: string } | undefined;
      let count = 0;
      const output = (reply: Reply): CasOutput => {
        if (reply.status === 412) return { status: 412 };
        if (reply.status !== 200) throw unexpected(reply);
        const value = String(reply.body.data.value ?? '');
        known = { etag: etagOf(reply), value };
        return { status: 200, value };
      };
      return async (record, random) => {
        const before = known;
        if (!before || random() < 0.55) return void (await record({ do: 'read' }, async () => output(await api.call('GET', '/v1/session'))));
        const value = `${client}-${(count += 1)}`;
        await record({ do: 'replace', expected: before.value, value }, async () =>
          output(await api.call('PUT', '/v1/session', { body: { value }, ...match(before.etag) })),
        );
      };
    };
  },
};

/** An upload whose bytes have arrived, completed and aborted by several at once. */
export const completions: Subject<UploadState, UploadInput, UploadOutput> = {
  name: 'upload completion',
  model: uploadLife,
  clients: 3,
  turns: 3,
  async open(api) {
    const path = await api.uploaded();
    const output = ({ status, body }: Reply): UploadOutput =>
      status === 200 ? { status, document: body.status } : { status: status as 204 | 409 };
    const act: Record<UploadInput['do'], () => Promise<Reply>> = {
      complete: () => api.call('POST', `${path}/upload/complete`),
      abort: () => api.call('DELETE', `${path}/upload`),
      read: () => api.call('GET', path),
    };
    return () => async (record, random) => {
      const what = pick(random, ['complete', 'complete', 'read', 'read', 'abort'] as const);
      await record({ do: what }, async () => output(await act[what]()));
    };
  },
};

/** How many documents a user keeps, while several publish and remove some. */
export const usage: Subject<number, CounterInput, CounterOutput> = {
  name: 'usage',
  model: limitedCounter(Infinity),
  clients: 3,
  turns: 5,
  async open(api) {
    return () => {
      const kept: string[] = [];
      return async (record, random) => {
        await record({ do: 'read' }, async () => ({ used: (await api.call('GET', '/v1/documents/usage')).body.documents as number }));
        const path = random() < 0.4 ? kept.pop() : undefined;
        if (path) {
          await api.surely('DELETE', path);
          await record({ do: 'give-back', amount: 1 }, async () => ({ taken: (await api.call('DELETE', `${path}?permanent=true`)).status === 204 }));
          return;
        }
        const fresh = await api.uploaded();
        const taken = await record({ do: 'take', amount: 1 }, async () => ({ taken: (await api.call('POST', `${fresh}/upload/complete`)).status === 200 }));
        if (taken) kept.push(fresh);
      };
    };
  },
};

const MOST = 4;

/** A share link that may be opened four times, opened by more. */
export const downloads: Subject<number, CounterInput, CounterOutput> = {
  name: 'download limit',
  model: limitedCounter(MOST),
  clients: 4,
  turns: 3,
  async open(api) {
    const path = await api.uploaded();
    await api.surely('POST', `${path}/upload/complete`);
    const { body } = await api.surely('POST', `${path}/shares`, { body: { maxDownloads: MOST } });
    const open = async (): Promise<CounterOutput> => {
      const reply = await api.call('GET', `/v1/shares/${body.token}`);
      if (reply.status !== 200 && reply.status !== 404) throw unexpected(reply);
      return { taken: reply.status === 200 };
    };
    const read = async (): Promise<CounterOutput> => {
      const { items } = (await api.call('GET', `${path}/shares`)).body as { items: { downloads: number }[] };
      return { used: items[0]?.downloads ?? MOST };
    };
    return () => async (record, random) =>
      void (random() < 0.75 ? await record({ do: 'take', amount: 1 }, open) : await record({ do: 'read' }, read));
  },
};

/** One Idempotency-Key, sent by several at once with two bodies. */
export const creations: Subject<Created | null, CreateInput, CreateOutput> = {
  name: 'idempotent create',
  model: idempotentCreate,
  clients: 4,
  turns: 4,
  async open(api) {
    const key = randomUUID();
    const create = async (name: string): Promise<CreateOutput> => {
      const reply = await api.call('POST', '/v1/documents', { body: { name, contentType: 'text/plain', size: 1 }, headers: { 'idempotency-key': key } });
      if (reply.status === 201) return { status: 201, id: reply.body.document.id, replayed: reply.headers['idempotent-replayed'] === 'true' };
      return { status: reply.status as 409 | 422 };
    };
    const count = async (): Promise<CreateOutput> => ({ count: ((await api.call('GET', '/v1/documents')).body as { items: unknown[] }).items.length });
    return () => async (record, random) => {
      if (random() < 0.25) return void (await record({ do: 'count' }, count));
      const body = random() < 0.8 ? 'a' : 'b';
      await record({ do: 'create', body }, () => create(body));
    };
  },
};

export const subjects: Subject[] = [profiles, sessions, completions, usage, downloads, creations];
