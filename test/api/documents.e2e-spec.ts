import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { v7 } from 'uuid';
import { startApp, type RunningApp } from '../support/app.js';
import { expectProblem } from '../support/client.js';
import { newActor, promise, send, upload, type Actor } from '../support/documents.js';

const sha256 = (bytes: string) => createHash('sha256').update(bytes).digest('base64');

describe('documents over HTTP', () => {
  let app: RunningApp;
  let actor: Actor;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());
  beforeEach(() => {
    actor = newActor(app.url);
  });
  const get = (path: string) => actor.client.get(path);

  it('takes bytes from promise to download, byte for byte', async () => {
    const bytes = 'hello, wörld 👩‍💻';
    const created = await promise(actor, bytes, { name: 'Grüße "1".txt', checksumSha256: sha256(bytes), folder: 'f', tags: ['t'] });
    expect(created.status).toBe(201);
    const { document, upload: ticket } = created.body;
    expect(created.headers.get('location')).toBe(`/v1/documents/${document.id}`);
    expect(created.headers.get('etag')).toBe('"1"');
    expect(document).toEqual({
      id: document.id,
      name: 'Grüße "1".txt',
      contentType: 'text/plain',
      size: Buffer.byteLength(bytes),
      checksumSha256: sha256(bytes),
      folder: 'f',
      tags: ['t'],
      status: 'pending',
      version: 1,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      updatedAt: document.createdAt,
    });
    expect(ticket).toEqual({ strategy: 'single', method: 'PUT', url: expect.any(String), headers: expect.any(Object), expiresAt: expect.any(String) });
    expect(Date.parse(ticket.expiresAt) - Date.now()).toBeLessThanOrEqual(900_000);
    expectProblem(await actor.client.post(`/v1/documents/${document.id}/upload/complete`), 409, 'not-uploaded');
    expectProblem(await get(`/v1/documents/${document.id}/download`), 409, 'not-ready');

    expect((await send(ticket, bytes)).status).toBe(200);
    const completed = await actor.client.post(`/v1/documents/${document.id}/upload/complete`, {});
    expect(completed.status).toBe(200);
    expect(completed.body).toEqual({ ...document, status: 'ready', version: 2, updatedAt: expect.any(String) });
    expect((await actor.client.post(`/v1/documents/${document.id}/upload/complete`)).body).toEqual(completed.body);

    const { status, body } = await get(`/v1/documents/${document.id}/download?disposition=inline`);
    expect({ status, body }).toEqual({ status: 200, body: { url: expect.any(String), expiresAt: expect.any(String) } });
    const download = await fetch(body.url);
    expect(await download.text()).toBe(bytes);
    expect(download.headers.get('content-disposition')).toBe(`inline; filename="Gru_e _1_.txt"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%221%22.txt`);
    expect(download.headers.get('content-type')).toBe('text/plain');
  });

  it('reads, revalidates, renames and moves with If-Match', async () => {
    const { path, document } = await upload(actor, 'x', { folder: 'a' });
    const read = await get(path);
    expect(read.body).toEqual(document);
    const etag = read.headers.get('etag')!;
    expect((await actor.client.get(path, { 'if-none-match': etag })).status).toBe(304);
    expectProblem(await actor.client.patch(path, { name: 'b' }), 428, 'precondition-required');
    const patched = await actor.client.patch(path, { name: 'b', folder: null, tags: ['n'] }, { 'if-match': etag, 'content-type': 'application/merge-patch+json' });
    expect(patched.status).toBe(200);
    const { folder: _folder, ...rest } = document;
    expect(patched.body).toEqual({ ...rest, name: 'b', tags: ['n'], version: 3, updatedAt: expect.any(String) });
    expect(patched.headers.get('etag')).toBe('"3"');
    expectProblem(await actor.client.patch(path, { name: 'c' }, { 'if-match': etag }), 412, 'stale');
    expectProblem(await actor.client.patch(path, { size: 5 }, { 'if-match': '"3"' }), 400, 'validation');
    expectProblem(await actor.client.patch(path, { name: 'a/b' }, { 'if-match': '"3"' }), 400, 'validation');
    expectProblem(await actor.client.patch(path, '{"name":"x"}', { 'if-match': '"3"', 'content-type': 'text/plain' }), 415, 'unsupported-media-type');
    expect((await get(path)).body).toEqual(patched.body);
  });

  it('trashes, restores and removes for good', async () => {
    const { path, id } = await upload(actor, 'hello');
    expectProblem(await actor.client.delete(`${path}?permanent=true`), 409, 'conflict');
    expectProblem(await actor.client.delete(path, { 'if-match': '"9"' }), 412, 'stale');
    expect((await actor.client.delete(path)).status).toBe(204);
    expect((await actor.client.delete(path)).status).toBe(204);
    expect((await get(path)).body).toMatchObject({ status: 'trashed', version: 3 });
    expect((await get('/v1/documents')).body.items).toEqual([]);
    expect((await get('/v1/documents?status=trashed')).body.items).toMatchObject([{ id }]);
    expectProblem(await get(`${path}/download`), 404, 'not-found');
    expectProblem(await actor.client.patch(path, { name: 'x' }, { 'if-match': '"3"' }), 409, 'conflict');
    expect((await get('/v1/documents/usage')).body).toMatchObject({ documents: 1, bytes: 5 });
    expect((await actor.client.post(`${path}/restore`)).body).toMatchObject({ status: 'ready', version: 4 });
    expect((await actor.client.post(`${path}/restore`)).body).toMatchObject({ status: 'ready', version: 4 });
    expect((await get(`${path}/download`)).status).toBe(200);
    await actor.client.delete(path);
    const { url } = (await actor.client.post(`${path}/restore`)).status === 200 ? (await get(`${path}/download`)).body : { url: '' };
    await actor.client.delete(path);
    expect((await actor.client.delete(`${path}?permanent=true`)).status).toBe(204);
    expectProblem(await get(path), 404, 'not-found');
    expect((await fetch(url)).status).toBe(404);
    expect((await get('/v1/documents/usage')).body).toEqual({
      documents: 0,
      bytes: 0,
      limits: { bytes: expect.any(Number), documents: expect.any(Number), pendingUploads: expect.any(Number), fileBytes: expect.any(Number) },
    });
  });

  it('lists newest first by pages, and by folder, tag and status', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 7; i += 1) {
      const { body } = await promise(actor, 'x', { folder: i % 2 ? 'odd' : 'even', tags: i < 3 ? ['low'] : [] });
      ids.unshift(body.document.id);
    }
    const collect = async (query: string) => {
      const found: string[] = [];
      for (let path: string | undefined = `/v1/documents?limit=3${query}`; path; ) {
        const { status, body, headers } = await get(path);
        expect(status).toBe(200);
        expect(body.items.length).toBeLessThanOrEqual(3);
        found.push(...body.items.map(({ id }: { id: string }) => id));
        const link: string | undefined = headers.get('link')?.match(/^<(.+)>; rel="next"$/)?.[1];
        expect(link === undefined).toBe(body.nextCursor === undefined);
        path = link;
      }
      return found;
    };
    expect(await collect('')).toEqual(ids);
    expect(await collect('&folder=odd')).toEqual([ids[1], ids[3], ids[5]]);
    expect(await collect('&tag=low&folder=even&status=pending')).toEqual([ids[4], ids[6]]);
    expect(await collect('&status=ready')).toEqual([]);
  });

  it('takes a cursor for its own user and query only', async () => {
    for (let i = 0; i < 3; i += 1) await promise(actor, 'x', { tags: ['t'] });
    const { body } = await get('/v1/documents?limit=1');
    const cursor = encodeURIComponent(body.nextCursor);
    expect((await get(`/v1/documents?limit=2&cursor=${cursor}`)).status).toBe(200);
    expectProblem(await get(`/v1/documents?tag=t&cursor=${cursor}`), 400, 'validation');
    expectProblem(await newActor(app.url).client.get(`/v1/documents?cursor=${cursor}`), 400, 'validation');
    expectProblem(await get('/v1/documents?cursor=AAAA'), 400, 'validation');
  });

  it.each(['limit=0', 'limit=101', 'limit=x', 'status=gone', 'folder=', 'tag=a&tag=b', 'other=1'])('refuses the query %s', async (query) => {
    expectProblem(await get(`/v1/documents?${query}`), 400, 'validation');
  });

  it.each<[string, unknown]>([
    ['an unknown member', { name: 'a', contentType: 'text/plain', size: 1, owner: 'me' }],
    ['a size as text', { name: 'a', contentType: 'text/plain', size: '1' }],
    ['a name with a path', { name: '../a', contentType: 'text/plain', size: 1 }],
    ['__proto__', '{"name":"a","contentType":"text/plain","size":1,"__proto__":{"x":1}}'],
    ['a list', []],
    ['no JSON', '{"name":'],
  ])('refuses %s and stores nothing', async (_, body) => {
    expectProblem(await actor.client.post('/v1/documents', body), 400, 'validation');
    expect((await get('/v1/documents')).body.items).toEqual([]);
  });

  it('answers for a malformed id, an unknown one and a foreign one alike', async () => {
    const { path } = await upload(newActor(app.url), 'x');
    for (const target of [path, `/v1/documents/${v7()}`, '/v1/documents/nonsense', '/v1/documents/%00']) {
      const id = target.replace('/v1/documents/', '');
      for (const reply of [
        await get(target),
        await actor.client.patch(target, { name: 'x' }, { 'if-match': '"1"' }),
        await actor.client.delete(target),
        await actor.client.delete(`${target}?permanent=true`),
        await actor.client.post(`${target}/restore`),
        await get(`${target}/download`),
        await actor.client.post(`${target}/upload`),
        await actor.client.post(`${target}/upload/complete`),
        await actor.client.delete(`${target}/upload`),
        await actor.client.post(`${target}/upload/parts`, { partNumbers: [1] }),
        await get(`${target}/upload/parts`),
        await get(`${target}/versions`),
        await actor.client.post(`${target}/versions`, { contentType: 'text/plain', size: 1 }),
        await actor.client.post(`${target}/shares`, {}),
        await get(`${target}/shares`),
        await actor.client.delete(`${target}/shares/${v7()}`),
        await actor.client.post('/v1/uploads/sign', { method: 'PUT', key: id }),
      ]) {
        expectProblem(reply, 404, 'not-found');
      }
    }
  });

  it('keeps versions: old bytes until the new are verified', async () => {
    const { path } = await upload(actor, 'old');
    const begun = await actor.client.post(`${path}/versions`, { contentType: 'text/plain', size: 4 });
    expect(begun.status).toBe(201);
    expect(begun.body.document).toMatchObject({ status: 'ready', size: 3, version: 2 });
    await send(begun.body.upload, 'new!');
    const bytesOf = async (query = '') => (await fetch((await get(`${path}/download${query}`)).body.url)).text();
    expect(await bytesOf()).toBe('old');
    expect((await actor.client.post(`${path}/upload/complete`)).body).toMatchObject({ size: 4, version: 3 });
    expect(await bytesOf()).toBe('new!');
    const { items } = (await get(`${path}/versions`)).body;
    expect(items).toMatchObject([{ size: 4, current: true }, { size: 3, current: false }]);
    expect(await bytesOf(`?version=${items[1].id}`)).toBe('old');
    expectProblem(await get(`${path}/download?version=${v7()}`), 404, 'not-found');
  });

  it('shares by links that expire, count, ask for a password and are revoked at once', async () => {
    const { path } = await upload(actor, 'shared');
    const anyone = newActor(app.url).client;
    const created = await actor.client.post(`${path}/shares`, { expiresIn: 60, maxDownloads: 2 });
    expect(created.status).toBe(201);
    const { token, id, url } = created.body;
    expect(url).toBe(`${app.url}/v1/shares/${token}`);
    expect((await get(`${path}/shares`)).body.items).toEqual([expect.not.objectContaining({ token: expect.anything() })]);
    const opened = await fetch(url);
    const file = (await opened.json()) as { url: string };
    expect(file).toEqual({ name: 'file.txt', contentType: 'text/plain', size: 6, url: expect.any(String), expiresAt: expect.any(String) });
    expect(await (await fetch(file.url)).text()).toBe('shared');
    const races = await Promise.all(Array.from({ length: 5 }, () => anyone.get(`/v1/shares/${token}`)));
    expect(races.filter(({ status }) => status === 200)).toHaveLength(1);
    expectProblem(await anyone.get(`/v1/shares/${token}`), 404, 'not-found');

    const secret = (await actor.client.post(`${path}/shares`, { password: 'pass' })).body;
    expectProblem(await anyone.get(`/v1/shares/${secret.token}`), 401, 'password-required');
    expectProblem(await anyone.post(`/v1/shares/${secret.token}`, { password: 'nope' }), 401, 'wrong-password');
    expect((await anyone.post(`/v1/shares/${secret.token}`, { password: 'pass' })).status).toBe(200);
    expect((await actor.client.delete(`${path}/shares/${secret.id}`)).status).toBe(204);
    expect((await actor.client.delete(`${path}/shares/${secret.id}`)).status).toBe(204);
    expectProblem(await anyone.post(`/v1/shares/${secret.token}`, { password: 'pass' }), 404, 'not-found');
    expectProblem(await anyone.get('/v1/shares/unknown'), 404, 'not-found');
    expect(id).not.toBe(token);
    for (const body of [{ expiresIn: 604_801 }, { expiresIn: 0 }, { expiresAt: '2020-01-01T00:00:00Z' }, { expiresIn: 5, expiresAt: '2999-01-01T00:00:00Z' }, { maxDownloads: 0 }]) {
      expectProblem(await actor.client.post(`${path}/shares`, body), 400, 'validation');
    }
  });

  it('gives no more than ten guesses at a password in a minute', async () => {
    const { path } = await upload(actor, 'x');
    const { token } = (await actor.client.post(`${path}/shares`, { password: 'pass' })).body;
    const guesses = await Promise.all(Array.from({ length: 14 }, () => actor.client.post(`/v1/shares/${token}`, { password: 'guess' })));
    const statuses = guesses.map(({ status }) => status);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(1);
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(20);
    expect(guesses.find(({ status }) => status === 429)?.headers.get('retry-after')).toMatch(/^\d+$/);
  });
});
