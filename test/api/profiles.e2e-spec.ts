import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { startApp, type RunningApp } from '../support/app.js';
import { Client, expectProblem } from '../support/client.js';
import { mintToken } from '../support/tokens.js';

describe('profiles over HTTP', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  const newUser = (groups: string[] = []) => {
    const userId = randomUUID();
    return { userId, client: new Client(app.url, mintToken({ sub: userId, groups })) };
  };

  it('is 404 until it is created', async () => {
    const { client } = newUser();
    expectProblem(await client.get('/v1/profiles/me'), 404, 'not-found');
    expectProblem(await client.patch('/v1/profiles/me', { bio: 'x' }), 404, 'not-found');
  });

  it('creates, reads, revalidates, patches and replaces', async () => {
    const { client, userId } = newUser();
    const created = await client.put('/v1/profiles/me', { displayName: 'Ada 👩‍💻', preferences: { theme: { dark: true } } });
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe('/v1/profiles/me');
    const etag = created.headers.get('etag')!;
    expect(etag).toMatch(/^"[^"]+"$/);

    const read = await client.get('/v1/profiles/me');
    expect(read.body).toEqual(created.body);
    expect(read.headers.get('etag')).toBe(etag);
    expect(read.headers.get('cache-control')).toMatch(/no-cache|no-store/);

    const unchanged = await client.get('/v1/profiles/me', { 'if-none-match': etag });
    expect({ status: unchanged.status, body: unchanged.body }).toEqual({ status: 304, body: undefined });

    const patched = await client.patch(
      '/v1/profiles/me',
      { preferences: { theme: { dark: null } }, bio: 'hi' },
      { 'if-match': etag, 'content-type': 'application/merge-patch+json' },
    );
    expect(patched.status).toBe(200);
    expect(patched.body).toMatchObject({ userId, bio: 'hi', preferences: { theme: {} }, version: 2 });

    expectProblem(await client.patch('/v1/profiles/me', { bio: 'late' }, { 'if-match': etag }), 412, 'stale');
    expectProblem(await client.put('/v1/profiles/me', { displayName: 'x' }), 428, 'precondition-required');
    const replaced = await client.put('/v1/profiles/me', { displayName: 'Grace' }, { 'if-match': patched.headers.get('etag')! });
    expect(replaced.status).toBe(200);
    expect(replaced.body).not.toHaveProperty('bio');
    expect((await client.get('/v1/profiles/me')).body).toEqual(replaced.body);
  });

  it.each([
    ['an unknown member', { displayName: 'A', role: 'admin' }, '/'],
    ['a wrong type', { displayName: 5 }, '/displayName'],
    ['an empty name', { displayName: '' }, '/displayName'],
    ['a name of 101 characters', { displayName: '👍'.repeat(101) }, '/displayName'],
    ['a control character', { displayName: 'a\u0007b' }, '/displayName'],
    ['a bidi override', { displayName: 'a\u202eb' }, '/displayName'],
    ['a bad locale', { displayName: 'A', locale: 'not a locale' }, '/locale'],
    ['a bad time zone', { displayName: 'A', timeZone: 'Europe/Atlantis' }, '/timeZone'],
    ['deep preferences', { displayName: 'A', preferences: { a: { b: { c: { d: { e: {} } } } } } }, '/preferences'],
    ['large preferences', { displayName: 'A', preferences: { a: 'x'.repeat(8_192) } }, '/preferences'],
    ['preferences that are no object', { displayName: 'A', preferences: [] }, '/preferences'],
  ])('refuses %s and stores nothing', async (_, body, pointer) => {
    const { client } = newUser();
    const refused = await client.put('/v1/profiles/me', body);
    expectProblem(refused, 400, 'validation');
    expect(refused.body.errors[0].pointer).toMatch(new RegExp(`^${pointer === '/' ? '' : pointer}`));
    expectProblem(await client.get('/v1/profiles/me'), 404, 'not-found');
  });

  it('takes a name of 100 four-byte characters', async () => {
    const { client } = newUser();
    expect((await client.put('/v1/profiles/me', { displayName: '👍'.repeat(100) })).status).toBe(201);
  });

  it('shows others a public card and nothing more', async () => {
    const ada = newUser();
    const eve = newUser();
    await ada.client.put('/v1/profiles/me', { displayName: 'Ada', email: 'ada@example.com', bio: 'secret' });
    expect((await eve.client.get(`/v1/profiles/${ada.userId}`)).body).toEqual({ userId: ada.userId, displayName: 'Ada' });
    expectProblem(await eve.client.get(`/v1/profiles/${randomUUID()}`), 404, 'not-found');
  });

  it('lets administrators list and look up, page by page, and nobody else', async () => {
    const admin = newUser(['admin']);
    const user = newUser();
    expectProblem(await user.client.get('/v1/profiles'), 403, 'forbidden');
    const email = `${randomUUID()}@example.com`;
    const members = [newUser(), newUser(), newUser()];
    for (const { client } of members) await client.put('/v1/profiles/me', { displayName: 'Member', email });

    const seen: string[] = [];
    let path: string | undefined = `/v1/profiles?limit=2&email=${email.toUpperCase()}`;
    while (path) {
      const page = await admin.client.get(path);
      expect(page.status).toBe(200);
      seen.push(...page.body.items.map((item: { userId: string }) => item.userId));
      path = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
      expect(path === undefined).toBe(page.body.nextCursor === undefined);
    }
    expect(seen.sort()).toEqual(members.map(({ userId }) => userId).sort());
  });

  it('refuses cursors of another user or query, and limits out of range', async () => {
    const admin = newUser(['admin']);
    const other = newUser(['admin']);
    for (const { client } of [newUser(), newUser()]) await client.put('/v1/profiles/me', { displayName: 'M' });
    const { nextCursor } = (await admin.client.get('/v1/profiles?limit=1')).body;
    expect((await admin.client.get(`/v1/profiles?limit=1&cursor=${nextCursor}`)).status).toBe(200);
    expectProblem(await other.client.get(`/v1/profiles?cursor=${nextCursor}`), 400, 'validation');
    expectProblem(await admin.client.get(`/v1/profiles?email=a@example.com&cursor=${nextCursor}`), 400, 'validation');
    for (const query of ['limit=0', 'limit=101', 'limit=x', 'limit=1&limit=2', 'cursor=x', 'unknown=1']) {
      expectProblem(await admin.client.get(`/v1/profiles?${query}`), 400, 'validation');
    }
  });
});
