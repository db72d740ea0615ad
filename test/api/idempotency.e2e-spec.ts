import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { startApp, type RunningApp } from '../support/app.js';
import { expectProblem, type Reply } from '../support/client.js';
import { newActor, promise, send, upload, type Actor } from '../support/documents.js';

const INPUT = { name: 'a.txt', contentType: 'text/plain', size: 5, tags: ['x'] };

/** What a first answer and a replay have in common: all but the ticket's signature. */
const contractOf = ({ status, headers, body }: Reply) => ({
  status,
  headers: Object.fromEntries(['location', 'etag', 'content-type', 'cache-control'].map((name) => [name, headers.get(name)])),
  body: { ...body, ...(body.upload && { upload: { ...body.upload, url: new URL(body.upload.url ?? 'none:').pathname, expiresAt: 'later' } }) },
});

describe('Idempotency-Key', () => {
  let apps: RunningApp[];
  let actor: Actor;
  let other: Actor;
  beforeAll(async () => {
    apps = [await startApp(), await startApp()];
  });
  afterAll(() => Promise.all(apps.map((app) => app.close())));
  beforeEach(() => {
    actor = newActor(apps[0]!.url);
    // The same user through another task.
    other = { userId: actor.userId, client: newActor(apps[1]!.url, actor.userId).client };
  });

  const post = (path: string, body: unknown, key: string, by = actor) => by.client.post(path, body, { 'idempotency-key': key });
  const documentsOf = async () => (await actor.client.get('/v1/documents?limit=100')).body.items as { id: string }[];

  const expectReplay = (first: Reply, again: Reply) => {
    expect(first.status).toBe(201);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(contractOf(again)).toEqual(contractOf(first));
  };

  it('creates a document once; the replay, from another task, has a ticket that works', async () => {
    const key = 'any printable ASCII: "{}",;~';
    const first = await post('/v1/documents', INPUT, key);
    const again = await post('/v1/documents', { tags: ['x'], size: 5, contentType: 'text/plain', name: 'a.txt' }, key, other);
    expectReplay(first, again);
    expect(again.headers.get('location')).toBe(`/v1/documents/${again.body.document.id}`);
    expect(again.headers.get('etag')).toBe('"1"');
    expect(await documentsOf()).toHaveLength(1);
    expect((await send(again.body.upload, 'hello')).status).toBe(200);
    expect((await actor.client.post(`/v1/documents/${again.body.document.id}/upload/complete`)).body).toMatchObject({ status: 'ready' });
  });

  it('answers as the first time whatever became of the document, with a ticket that ends when the first one did', async () => {
    const first = await post('/v1/documents', INPUT, 'k');
    const { id } = first.body.document;
    await send(first.body.upload, 'hello');
    await actor.client.post(`/v1/documents/${id}/upload/complete`);
    const published = await post('/v1/documents', INPUT, 'k', other);
    expectReplay(first, published);
    expect(published.body.upload.expiresAt).toBe(first.body.upload.expiresAt);
    expect((await send(published.body.upload, 'again')).status).toBe(412);
    await actor.client.delete(`/v1/documents/${id}`);
    expectReplay(first, await post('/v1/documents', INPUT, 'k', other));
    await actor.client.delete(`/v1/documents/${id}?permanent=true`);
    const gone = await post('/v1/documents', INPUT, 'k', other);
    expectReplay(first, gone);
    expect(gone.body.upload.expiresAt).toBe(first.body.upload.expiresAt);
    expect(await documentsOf()).toEqual([]);
  });

  it('begins a version once; the replay works when its precondition and the state would now refuse it', async () => {
    const { path } = await upload(actor, 'old');
    const body = { contentType: 'text/plain', size: 3 };
    const begin = (by: Actor) => by.client.post(`${path}/versions`, body, { 'idempotency-key': 'k', 'if-match': '"2"' });
    const first = await begin(actor);
    expectReplay(first, await begin(other));
    expectProblem(await actor.client.post(`${path}/versions`, body), 409, 'conflict');
    await send(first.body.upload, 'new');
    await actor.client.post(`${path}/upload/complete`);
    expectReplay(first, await begin(other));
    expect((await actor.client.get(`${path}/versions`)).body.items).toHaveLength(2);
  });

  it('tells the same share token again, and stores it nowhere in clear', async () => {
    const { path } = await upload(actor, 'shared');
    const body = { password: 'pass', maxDownloads: 2 };
    const first = await post(`${path}/shares`, body, 'k');
    const again = await post(`${path}/shares`, body, 'k', other);
    expectReplay(first, again);
    expect(again.body).toMatchObject({ token: first.body.token, url: first.body.url });
    expect((await actor.client.get(`${path}/shares`)).body.items).toHaveLength(1);
    expect((await actor.client.post(`/v1/shares/${again.body.token}`, { password: 'pass' })).status).toBe(200);
    expect((await actor.client.delete(`${path}/shares/${first.body.id}`)).status).toBe(204);
    expectReplay(first, await post(`${path}/shares`, body, 'k'));
  });

  it('replays when the quota is used up', async () => {
    const small = await startApp({ LIMIT_PENDING_UPLOADS: '1' });
    try {
      const { client } = newActor(small.url);
      const create = (key: string) => client.post('/v1/documents', INPUT, { 'idempotency-key': key });
      const first = await create('k');
      expectProblem(await create('another'), 409, 'quota-exceeded');
      expectReplay(first, await create('k'));
      await client.delete(`/v1/documents/${first.body.document.id}/upload`);
      expect((await create('another')).status).toBe(201);
    } finally {
      await small.close();
    }
  });

  it('is for one path and body: 422', async () => {
    const { path } = await upload(actor, 'x');
    const first = await post('/v1/documents', INPUT, 'k');
    expect(first.status).toBe(201);
    expectProblem(await post('/v1/documents', { ...INPUT, size: 6 }, 'k', other), 422, 'idempotency-key-reused');
    expectProblem(await post(`${path}/shares`, {}, 'k', other), 422, 'idempotency-key-reused');
    expectProblem(await post(`${path}/versions`, { contentType: 'text/plain', size: 1 }, 'k'), 422, 'idempotency-key-reused');
    expect(await documentsOf()).toHaveLength(2);
  });

  it('is one user’s own', async () => {
    const first = await post('/v1/documents', INPUT, 'k');
    const foreign = await post('/v1/documents', INPUT, 'k', newActor(apps[0]!.url));
    expect(foreign.headers.get('idempotent-replayed')).toBeNull();
    expect(foreign.body.document.id).not.toBe(first.body.document.id);
  });

  it('is freed by a refusal', async () => {
    expectProblem(await post('/v1/documents', { ...INPUT, size: -1 }, 'k'), 400, 'validation');
    const { path } = await upload(actor, 'x');
    expectProblem(await actor.client.post(`${path}/versions`, { contentType: 'text/plain', size: 1 }, { 'idempotency-key': 'k', 'if-match': '"9"' }), 412, 'stale');
    expectProblem(await post(`/v1/documents/${randomUUID()}/shares`, {}, 'k'), 404, 'not-found');
    const pending = (await promise(actor, 'x')).body.document.id;
    expectProblem(await post(`/v1/documents/${pending}/shares`, {}, 'k'), 409, 'not-ready');
    expect((await post('/v1/documents', INPUT, 'k')).headers.get('idempotent-replayed')).toBeNull();
  });

  it('lets one of many at once create, and tells the others to wait or what came of it', async () => {
    const replies = await Promise.all(Array.from({ length: 30 }, (_, i) => post('/v1/documents', INPUT, 'k', [actor, other][i % 2])));
    const ids = new Set<string>();
    for (const reply of replies) {
      if (reply.status === 201) ids.add(reply.body.document.id);
      else expectProblem(reply, 409, 'request-in-progress');
      if (reply.status === 409) expect(reply.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    }
    expect(ids.size).toBe(1);
    expect(await documentsOf()).toHaveLength(1);
    expect(replies.filter(({ status, headers }) => status === 201 && headers.get('idempotent-replayed') === null)).toHaveLength(1);
  });

  it.each([['an empty key', ''], ['a key of 256 characters', 'x'.repeat(256)], ['a key that is not ASCII', 'ü'], ['a key with a tab', 'a\tb']])('refuses %s', async (_, key) => {
    expectProblem(await post('/v1/documents', INPUT, key), 400, 'validation');
    expect(await documentsOf()).toEqual([]);
  });

  it('takes a key of 255 characters', async () => {
    const key = `${'k'.repeat(253)} ~`;
    expectReplay(await post('/v1/documents', INPUT, key), await post('/v1/documents', INPUT, key));
  });

  it('is described on exactly the paths that are tested here', async () => {
    const { paths } = (await actor.client.get('/openapi.json')).body;
    const described = Object.entries<Record<string, { parameters?: object[] }>>(paths).flatMap(([path, operations]) =>
      Object.entries(operations)
        .filter(([, { parameters = [] }]) => JSON.stringify(parameters).includes('/IdempotencyKey'))
        .map(([method]) => `${method} ${path}`),
    );
    expect(described.sort()).toEqual(['post /v1/documents', 'post /v1/documents/{id}/shares', 'post /v1/documents/{id}/versions']);
  });
});
