import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import type { Environment } from '../../local/names.js';
import { createApp } from '../../src/app.js';
import { OwnedDocuments } from '../../src/documents/erasure/owned-documents.js';
import { startApp, type RunningApp } from '../support/app.js';
import { Client, expectProblem } from '../support/client.js';
import { ownEnvironment } from '../support/own-cloud.js';
import { search } from '../support/search.js';
import { mintToken } from '../support/tokens.js';

let app: RunningApp;
let environment: Environment;
beforeAll(async () => {
  environment = await ownEnvironment();
  app = await startApp(environment);
}, 30_000);
afterAll(() => app.close());

const signIn = (sub: string) => new Client(app.url, mintToken({ sub }));
const run = promisify(execFile);

/** The one-off task, as the schedule starts it. */
const sweep = () => run(process.execPath, ['dist/sweep.js'], { env: { PATH: process.env['PATH'] ?? '', ...environment } });

async function upload(client: Client, name: string, bytes: string): Promise<any> {
  const { body } = await client.post('/v1/documents', { name, contentType: 'text/plain', size: bytes.length }, { 'idempotency-key': randomUUID() });
  await fetch(body.upload.url, { method: body.upload.method, headers: body.upload.headers, body: bytes });
  return (await client.post(`/v1/documents/${body.document.id}/upload/complete`)).body;
}

/** A user with something of everything; `sign-ins` are two. */
async function settled(sub: string) {
  const client = signIn(sub);
  await client.put('/v1/profiles/me', { displayName: 'Ada', email: `${sub}@example.com` });
  const session = await client.get('/v1/session');
  await client.put('/v1/session', { cart: [1] }, { 'if-match': session.headers.get('etag') ?? '' });
  await signIn(sub).get('/v1/session');
  const shared = await upload(client, 'shared.txt', 'hello');
  const share = (await client.post(`/v1/documents/${shared.id}/shares`, { password: 'secret' })).body;
  const trashed = await upload(client, 'trashed.txt', 'trash');
  await client.delete(`/v1/documents/${trashed.id}`);
  await client.post('/v1/documents', { name: 'pending.txt', contentType: 'text/plain', size: 5 });
  const multipart = (await client.post('/v1/documents', { name: 'large.bin', contentType: 'application/octet-stream', size: 70 * 2 ** 20 })).body;
  await client.post(`/v1/documents/${multipart.document.id}/upload/parts`, { partNumbers: [1] });
  return { client, shared, share };
}

describe('an export', () => {
  it('is one JSON document with everything held on the user, files to be fetched', async () => {
    const sub = randomUUID();
    const { client, share } = await settled(sub);
    const { status, headers, body } = await client.get('/v1/account/export');
    expect([status, headers.get('content-disposition'), headers.get('cache-control')]).toEqual([200, 'attachment; filename="account.json"', 'no-store']);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(body).toMatchObject({
      userId: sub,
      profile: { displayName: 'Ada' },
      usage: { documents: 2, bytes: 10, pendingUploads: 2 },
      signIns: [{ id: expect.any(String) }, { id: expect.any(String) }],
      sessions: [{ data: { cart: [1] } }],
    });
    expect(body.documents.map(({ name, status }: any) => [name, status])).toEqual([
      ['shared.txt', 'ready'],
      ['trashed.txt', 'trashed'],
      ['pending.txt', 'pending'],
      ['large.bin', 'pending'],
    ]);
    const [file, trash] = body.documents;
    expect(await (await fetch(file.versions[0].download.url)).text()).toBe('hello');
    expect(await (await fetch(trash.versions[0].download.url)).text()).toBe('trash');
    expect(file.shares).toEqual([expect.objectContaining({ id: share.id, hasPassword: true })]);
    const text = JSON.stringify(body);
    for (const secret of [share.token, 'passwordHash', 'tokenHash', 'writeId']) expect(text).not.toContain(secret);
  });

  it('of a user of whom nothing is held is empty, and another user is not in it', async () => {
    const { body } = await signIn(randomUUID()).get('/v1/account/export');
    expect(body).toMatchObject({ profile: null, sessions: [], requests: [], documents: [] });
    expect(body.signIns).toHaveLength(1);
  });
});

describe('an export that cannot be finished', () => {
  it('is cut short in the middle so that the client can tell, and is a problem when it cannot even begin', async () => {
    const failing = await createApp(environment);
    await failing.listen(0, '127.0.0.1');
    try {
      const url = await failing.getUrl();
      const token = mintToken({ sub: randomUUID() });
      const owned = failing.get(OwnedDocuments, { strict: false });
      owned.export = async function* () {
        for (let i = 0; i < 500; i += 1) yield { name: 'x'.repeat(1_000) };
        throw new Error('the table is gone');
      };
      const reply = await fetch(`${url}/v1/account/export`, { headers: { authorization: `Bearer ${token}` } });
      expect(reply.status).toBe(200);
      await expect(reply.text()).rejects.toThrow(/terminated/);
      owned.usage = () => Promise.reject(Object.assign(new Error('slow'), { name: 'TimeoutError' }));
      const none = await new Client(url, token).get('/v1/account/export');
      expectProblem(none, 503, 'unavailable');
      expect(none.headers.has('content-disposition')).toBe(false);
    } finally {
      await failing.close();
    }
  }, 40_000);
});

describe('an erasure', () => {
  it('hides the user at once, lets a later sign-in start clean, and leaves nothing but its record', async () => {
    const sub = randomUUID();
    const { client, shared, share } = await settled(sub);
    const other = signIn(randomUUID());
    expect((await other.get(`/v1/profiles/${sub}`)).status).toBe(200);
    expect((await search(environment, sub)).length).toBeGreaterThan(10);

    expect((await client.delete('/v1/account')).status).toBe(202);
    expectProblem(await client.get('/v1/profiles/me'), 401, 'unauthenticated');
    expectProblem(await other.get(`/v1/profiles/${sub}`), 404, 'not-found');
    expectProblem(await new Client(app.url).post(`/v1/shares/${share.token}`, { password: 'secret' }), 404, 'not-found');

    await sweep();
    expect(await search(environment, sub)).toEqual(['SESSIONS_TABLE MARK']);

    const later = signIn(sub);
    expectProblem(await later.get('/v1/profiles/me'), 404, 'not-found');
    expect((await later.get('/v1/documents')).body.items).toEqual([]);
    expect((await later.get('/v1/documents?status=trashed')).body.items).toEqual([]);
    expect((await later.get('/v1/documents/usage')).body).toMatchObject({ documents: 0, bytes: 0 });
    expect((await later.get('/v1/session')).body.data).toEqual({});
    expect((await later.get('/v1/sessions')).body.items).toHaveLength(1);
    expectProblem(await later.get(`/v1/documents/${shared.id}`), 404, 'not-found');
    expectProblem(await client.get('/v1/profiles/me'), 401, 'unauthenticated');
  }, 60_000);

  it('can be repeated, and ends what was begun anew, too', async () => {
    const sub = randomUUID();
    for (let i = 0; i < 2; i += 1) {
      const client = signIn(sub);
      expect((await client.put('/v1/profiles/me', { displayName: `Ada ${i}` })).status).toBe(201);
      expect((await client.delete('/v1/account')).status).toBe(202);
      expectProblem(await client.delete('/v1/account'), 401, 'unauthenticated');
      await sweep();
    }
    expectProblem(await signIn(randomUUID()).get(`/v1/profiles/${sub}`), 404, 'not-found');
  }, 60_000);
});
