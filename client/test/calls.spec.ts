import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { createClient, NetworkError, Problem, type Client } from '../src/index.js';
import { answer, Gateway, lost, unanswered } from './gateway.js';
import { mintToken, newClient, startApp, type RunningApp } from './service.js';

describe('a call', () => {
  let app: RunningApp;
  let gateway: Gateway;
  let client: Client;
  beforeAll(async () => {
    app = await startApp();
    gateway = await Gateway.before(app.url);
  });
  afterAll(async () => {
    await gateway.close();
    await app.close();
  });
  beforeEach(() => {
    gateway.forget();
    client = newClient(app, { baseUrl: gateway.url });
  });
  const input = { name: 'a.txt', contentType: 'text/plain', size: 1 };

  it('gives data, status and ETag, and 304 for what the client holds', async () => {
    const { data } = await client.uploads.create(input);
    const read = await client.documents.get(data.document.id);
    expect(read).toMatchObject({ data: data.document, status: 200, etag: '"1"' });
    expect(await client.documents.get(data.document.id, { ifNoneMatch: read.etag })).toMatchObject({ status: 304, data: undefined });
  });

  it('rejects with a problem that names its kind, its fields and the request', async () => {
    const error: unknown = await client.uploads.create({ ...input, name: '' }).catch((each: unknown) => each);
    expect(Problem.is(error, 'validation')).toBe(true);
    expect(error).toMatchObject({ kind: 'validation', status: 400, errors: [{ pointer: '/name', detail: expect.any(String) }], requestId: expect.any(String) });
    await expect(client.documents.get(randomUUID())).rejects.toMatchObject({ kind: 'not-found', name: 'Problem' });
  });

  it('is repeated when the connection breaks, and its id is encoded', async () => {
    gateway.next(lost, lost);
    await expect(client.documents.get('a/b')).rejects.toMatchObject({ kind: 'not-found' });
    expect(gateway.requests.map(({ path }) => path)).toEqual(Array(3).fill('/v1/documents/a%2Fb'));
  });

  it('sends one Idempotency-Key for all attempts at a creation, another for another', async () => {
    gateway.next(lost, answer(503, { 'retry-after': '0' }));
    await client.uploads.create(input);
    await client.uploads.create(input);
    const keys = gateway.requests.map(({ headers }) => headers['idempotency-key']);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(keys.slice(0, 3)).toEqual([keys[0], keys[0], keys[0]]);
    expect(keys[3]).not.toBe(keys[0]);
  });

  it('waits for what Retry-After says, and gives up at once when that is too long', async () => {
    gateway.next(answer(429, { 'retry-after': '1' }));
    const started = Date.now();
    await client.documents.list();
    expect(Date.now() - started).toBeGreaterThanOrEqual(990);
    gateway.next(answer(429, { 'retry-after': '3600' }));
    await expect(client.documents.list()).rejects.toMatchObject({ kind: 'rate-limited', retryAfter: 3_600 });
  });

  it('fails as a network error when attempts are used up, and not when retries are off', async () => {
    gateway.next(lost);
    await expect(client.documents.list({}, { retries: 0 })).rejects.toBeInstanceOf(NetworkError);
    expect(gateway.requests).toHaveLength(1);
    await expect(createClient({ baseUrl: 'http://127.0.0.1:9', retries: 1 }).documents.list()).rejects.toBeInstanceOf(NetworkError);
  });

  it('does not repeat the opening of a share by its password: each counts', async () => {
    gateway.next(unanswered);
    await expect(client.shares.unlock('unknown', { password: 'x' })).rejects.toBeInstanceOf(NetworkError);
    expect(gateway.requests).toHaveLength(1);
  });

  it('stops at once when its signal says so, while it waits as well', async () => {
    const stop = new AbortController();
    gateway.next(answer(503, { 'retry-after': '10' }));
    setTimeout(() => stop.abort(new Error('left')), 100);
    await expect(client.documents.list({}, { signal: stop.signal })).rejects.toThrow('left');
    await expect(client.documents.list({}, { signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone');
  });

  it('refreshes a refused token once for all calls that wait, and goes on', async () => {
    const good = mintToken({ sub: randomUUID() });
    let current = mintToken({ sub: randomUUID(), exp: 1 });
    const refused: string[] = [];
    const signedIn = createClient({
      baseUrl: gateway.url,
      token: async (bad) => {
        if (bad === undefined) return current;
        refused.push(bad);
        await new Promise((resolve) => setTimeout(resolve, 50));
        return (current = good);
      },
    });
    const replies = await Promise.all([signedIn.documents.list(), signedIn.documents.usage(), signedIn.documents.list()]);
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(refused).toHaveLength(1);
  });

  it('says that nobody is signed in when there is no other token', async () => {
    const expired = mintToken({ sub: randomUUID(), exp: 1 });
    const signedOut = createClient({ baseUrl: gateway.url, token: (refused) => (refused === undefined ? expired : undefined) });
    await expect(signedOut.documents.list()).rejects.toMatchObject({ kind: 'unauthenticated' });
    await expect(signedOut.documents.list()).rejects.toMatchObject({ kind: 'unauthenticated' });
  });

  it('makes a problem of what a proxy answered in its own words', async () => {
    gateway.next(answer(502, { 'content-type': 'text/html' }, '<h1>Bad gateway</h1>'));
    await expect(client.documents.list({}, { retries: 0 })).rejects.toMatchObject({ kind: 'unavailable', status: 502 });
  });

  describe('that updates', () => {
    it('reads again and repeats the change when somebody else was faster: nothing is lost', async () => {
      const { data } = await client.uploads.create({ ...input, tags: [] });
      const { id } = data.document;
      const tag = (name: string) => client.documents.update(id, ({ tags }) => ({ tags: [...tags, name] }));
      await Promise.all(['a', 'b', 'c', 'd'].map(tag));
      const { tags } = (await client.documents.get(id)).data;
      expect([...tags].sort()).toEqual(['a', 'b', 'c', 'd']);
    });

    it('finds its own write done when the answer was lost', async () => {
      const { data } = await client.uploads.create(input);
      gateway.forget();
      gateway.next(() => false, unanswered);
      const updated = await client.documents.update(data.document.id, () => ({ name: 'b.txt', folder: 'f' }));
      expect(updated).toMatchObject({ name: 'b.txt', folder: 'f', version: 2 });
    });

    it('writes nothing when nothing is to change', async () => {
      const { data } = await client.uploads.create(input);
      gateway.forget();
      expect(await client.documents.update(data.document.id, ({ name }) => ({ name, folder: null }))).toMatchObject({ version: 1 });
      expect(gateway.requests.map(({ method }) => method)).toEqual(['GET']);
    });

    it('gives up on what is refused for another reason', async () => {
      const { data } = await client.uploads.create(input);
      await expect(client.documents.update(data.document.id, () => ({ name: '' }))).rejects.toMatchObject({ kind: 'validation' });
    });

    it('changes a profile, removing what is null', async () => {
      await client.profiles.put({ displayName: 'Ada', bio: 'x', preferences: { theme: 'dark' } }, { ifNoneMatch: '*' });
      const updated = await client.profiles.update(({ displayName }) => ({ displayName: `${displayName} L`, bio: null, preferences: { theme: 'light' } }));
      expect(updated).toMatchObject({ displayName: 'Ada L', preferences: { theme: 'light' }, version: 2 });
      expect(updated.bio).toBeUndefined();
    });
  });

  it('keeps the data of a sign-in, and signs out', async () => {
    expect((await client.session.get()).data.data).toEqual({});
    await client.session.update(() => ({ theme: 'dark', draft: 'x' }));
    expect(await client.session.update(({ draft }) => ({ draft: null, last: draft }))).toEqual({ theme: 'dark', last: 'x' });
    await client.session.signOut();
    await expect(client.session.get()).rejects.toMatchObject({ kind: 'unauthenticated' });
  });

  it('gives every item of a list, page after page, and stops reading when the reader stops', async () => {
    for (let i = 0; i < 5; i += 1) await client.uploads.create({ ...input, name: `${i}.txt` });
    gateway.forget();
    const names: string[] = [];
    for await (const { name } of client.documents.all({ limit: 2 })) names.push(name);
    expect(names).toEqual(['4.txt', '3.txt', '2.txt', '1.txt', '0.txt']);
    expect(gateway.requests).toHaveLength(3);
    for await (const _ of client.documents.all({ limit: 2 })) break;
    expect(gateway.requests).toHaveLength(4);
  });
});
