import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { dynamoDb } from '../../src/aws/clients.js';
import { parseConfig } from '../../src/config/config.js';
import { keys } from '../../src/sessions/session-items.js';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { startApp, type RunningApp } from '../support/app.js';
import { Client, expectProblem, type Reply } from '../support/client.js';
import { cloudEnv } from '../support/cloud.js';
import { mintToken, type Claims } from '../support/tokens.js';

let app: RunningApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const signIn = (claims: Partial<Claims> = {}) => new Client(app.url, mintToken({ sub: randomUUID(), ...claims }));
const etagOf = ({ headers }: Reply): string => headers.get('etag') ?? '';
const matching = (reply: Reply) => ({ 'if-match': etagOf(reply) });

function expectRefused(reply: Reply): void {
  expectProblem(reply, 401, 'unauthenticated');
  expect(reply.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
}

describe('the data of a sign-in', () => {
  it('is there before anything was stored, and answers like GET when it is', async () => {
    const client = signIn();
    const empty = await client.get('/v1/session');
    expect(empty).toMatchObject({ status: 200, body: { data: {}, expiresAt: expect.stringMatching(/^\d{4}-.*Z$/) } });
    const put = await client.put('/v1/session', { cart: [1, { two: null }], '': 'ä' }, matching(empty));
    expect(put).toMatchObject({ status: 200, body: { data: { cart: [1, { two: null }], '': 'ä' } } });
    const got = await client.get('/v1/session');
    expect([got.body, etagOf(got)]).toEqual([put.body, etagOf(put)]);
    expect((await client.get('/v1/session', { 'if-none-match': etagOf(got) })).status).toBe(304);
    expect(got.headers.get('cache-control')).toBe('private, no-cache');
  });

  it.each(['application/merge-patch+json', 'application/json'])('is patched with %s', async (type) => {
    const client = signIn();
    const stored = await client.put('/v1/session', { a: 1, b: { c: 2, d: 3 } }, matching(await client.get('/v1/session')));
    const headers = { ...matching(stored), 'content-type': type };
    const patched = await client.patch('/v1/session', { a: null, b: { c: 4 } }, headers);
    expect(patched).toMatchObject({ status: 200, body: { data: { b: { c: 4, d: 3 } } } });
    expectProblem(await client.patch('/v1/session', { a: 1 }, headers), 412, 'stale');
  });

  it('is changed under If-Match only', async () => {
    const client = signIn();
    expectProblem(await client.put('/v1/session', {}), 428, 'precondition-required');
    expectProblem(await client.patch('/v1/session', {}), 428, 'precondition-required');
    expectProblem(await client.put('/v1/session', {}, { 'if-match': '"1-0"' }), 412, 'stale');
    expectProblem(await client.patch('/v1/session', {}, { 'if-match': 'W/"1"' }), 412, 'stale');
    expect((await client.get('/v1/session')).body.data).toEqual({});
  });

  it('belongs to one sign-in, refreshed or not', async () => {
    const [sub, origin_jti] = [randomUUID(), randomUUID()];
    const phone = signIn({ sub, origin_jti });
    await phone.put('/v1/session', { on: 'phone' }, matching(await phone.get('/v1/session')));
    expect((await signIn({ sub, origin_jti, iat: Math.floor(Date.now() / 1_000) + 1 }).get('/v1/session')).body.data).toEqual({ on: 'phone' });
    expect((await signIn({ sub }).get('/v1/session')).body.data).toEqual({});
    expect((await signIn({ origin_jti }).get('/v1/session')).body.data).toEqual({});
  });

  it.each([
    ['an array', '[1]', 400, 'validation'],
    ['a scalar', '"text"', 400, 'validation'],
    ['nothing', undefined, 400, 'validation'],
    ['broken JSON', '{"a":', 400, 'validation'],
    ['a poisonous name', '{"a":{"__proto__":{}}}', 400, 'validation'],
    ['too many levels', `${'{"a":'.repeat(17)}1${'}'.repeat(17)}`, 400, 'validation'],
    ['absurdly many levels', `{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`, 400, 'validation'],
    ['more than 32 KiB', JSON.stringify({ a: 'x'.repeat(33_000) }), 413, 'too-large'],
    ['more than 64 KiB', JSON.stringify({ a: 'x'.repeat(70_000) }), 413, 'too-large'],
  ])('cannot be %s', async (_, body, status, kind) => {
    const client = signIn();
    const { headers } = await client.get('/v1/session');
    const conditions = { 'if-match': headers.get('etag') ?? '' };
    expectProblem(await client.put('/v1/session', body, conditions), status, kind);
    expect((await client.get('/v1/session')).body.data).toEqual({});
  });

  it('lets one of many racing writers win', async () => {
    const client = signIn();
    const conditions = matching(await client.get('/v1/session'));
    const replies = await Promise.all(Array.from({ length: 8 }, (_, i) => client.put('/v1/session', { i }, conditions)));
    expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, ...Array.from({ length: 7 }, () => 412)]);
  });

  it('is gone by our clock when it has expired, though the table still has it', async () => {
    const [sub, origin_jti] = [randomUUID(), randomUUID()];
    const uncached = await startApp({ CACHE_URL: '' });
    try {
      const client = new Client(uncached.url, mintToken({ sub, origin_jti }));
      await client.put('/v1/session', { a: 1 }, matching(await client.get('/v1/session')));
      await dynamoDb(parseConfig(cloudEnv())).send(
        new UpdateCommand({
          TableName: cloudEnv()['SESSIONS_TABLE'],
          Key: { pk: sub, sk: keys.data(origin_jti) },
          UpdateExpression: 'SET expiresAt = :past',
          ExpressionAttributeValues: { ':past': new Date(Date.now() - 1).toISOString() },
        }),
      );
      expect((await client.get('/v1/session')).body.data).toEqual({});
    } finally {
      await uncached.close();
    }
  });
});

describe('sign-ins', () => {
  it('are listed from their first request on, the latest first', async () => {
    const sub = randomUUID();
    const phone = signIn({ sub, origin_jti: 'phone' });
    await phone.get('/v1/session', { 'user-agent': 'Phone/1.0' });
    const laptop = signIn({ sub, origin_jti: 'laptop' });
    const { body } = await laptop.get('/v1/sessions', { 'user-agent': 'Laptop/2.0' });
    expect(body).toEqual({
      items: [
        { id: 'laptop', createdAt: expect.any(String), lastSeenAt: expect.any(String), userAgent: 'Laptop/2.0', current: true },
        { id: 'phone', createdAt: expect.any(String), lastSeenAt: expect.any(String), userAgent: 'Phone/1.0' },
      ],
    });
  });

  it('are paged, with cursors of their own user', async () => {
    const sub = randomUUID();
    for (let i = 0; i < 5; i += 1) await signIn({ sub }).get('/v1/session');
    const client = signIn({ sub });
    const ids: string[] = [];
    let path: string | undefined = '/v1/sessions?limit=2';
    while (path) {
      const page = await client.get(path);
      ids.push(...page.body.items.map(({ id }: { id: string }) => id));
      path = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
      if (path) expectProblem(await signIn().get(path), 400, 'validation');
    }
    expect([ids.length, new Set(ids).size]).toEqual([6, 6]);
    for (const query of ['limit=0', 'limit=101', 'limit=x', 'cursor=x', 'other=1']) expectProblem(await client.get(`/v1/sessions?${query}`), 400, 'validation');
  });

  it('end one by one', async () => {
    const sub = randomUUID();
    const [phone, laptop] = [signIn({ sub, origin_jti: 'phone' }), signIn({ sub, origin_jti: 'laptop' })];
    await phone.get('/v1/session');
    expect(await laptop.delete('/v1/sessions/phone')).toMatchObject({ status: 204, body: undefined });
    expectRefused(await phone.get('/v1/session'));
    expectRefused(await signIn({ sub, origin_jti: 'phone', iat: Math.floor(Date.now() / 1_000) + 3_000 }).get('/v1/session'));
    expect((await laptop.delete('/v1/sessions/phone')).status).toBe(204);
    expect((await laptop.get('/v1/sessions')).body.items.map(({ id }: { id: string }) => id)).toEqual(['laptop']);
    for (const id of ['%00', 'unknown', randomUUID(), 'x'.repeat(600)]) expectProblem(await laptop.delete(`/v1/sessions/${id}`), 404, 'not-found');
    const foreign = signIn({ origin_jti: 'foreign' });
    await foreign.get('/v1/session');
    expectProblem(await laptop.delete('/v1/sessions/foreign'), 404, 'not-found');
    expect((await foreign.get('/v1/session')).status).toBe(200);
  });

  it('end by signing out, at once here', async () => {
    const client = signIn();
    await client.put('/v1/session', { a: 1 }, matching(await client.get('/v1/session')));
    expect((await client.delete('/v1/session')).status).toBe(204);
    expectRefused(await client.get('/v1/session'));
  });

  it('end everywhere, seen or not, although the embedded pool offers no sign-out; the next one begins clean', async () => {
    const sub = randomUUID();
    const [asking, seen, unseen] = [signIn({ sub }), signIn({ sub }), signIn({ sub })];
    await seen.get('/v1/session');
    await asking.put('/v1/session', { a: 1 }, matching(await asking.get('/v1/session')));
    expect((await asking.delete('/v1/sessions')).status).toBe(204);
    const next = signIn({ sub });
    for (const client of [asking, seen, unseen]) expectRefused(await client.get('/v1/session'));
    expect((await next.get('/v1/session')).body.data).toEqual({});
    expect((await next.get('/v1/sessions')).body.items).toHaveLength(1);
  });
});

describe('a revoked token', () => {
  it('is refused on every path that asks for one', async () => {
    const client = signIn({ groups: ['admin'] });
    await client.delete('/v1/session');
    const { body: api } = await new Client(app.url).get('/openapi.json');
    const guarded = Object.entries(api.paths as Record<string, Record<string, { security?: unknown[] }>>).flatMap(([path, methods]) =>
      Object.entries(methods).filter(([, { security = [] }]) => security.length > 0).map(([method]) => [method.toUpperCase(), path.replaceAll(/\{\w+\}/g, randomUUID())] as const),
    );
    expect(guarded.length).toBeGreaterThan(25);
    for (const [method, path] of guarded) expectRefused(await client.send(method, path));
  });
});

describe('a pool whose clock is not ours', () => {
  it.each([10, -10])('may be %i minutes off: tokens are taken while they last, and sign-outs hold', async (minutes) => {
    const at = Math.floor(Date.now() / 1_000) + minutes * 60;
    const sub = randomUUID();
    const [asking, seen] = [signIn({ sub, iat: at, auth_time: at, exp: at + 3_600 }), signIn({ sub, iat: at, auth_time: at, exp: at + 3_600 })];
    for (const client of [asking, seen]) expect((await client.get('/v1/session')).status).toBe(200);
    expect((await asking.delete('/v1/sessions')).status).toBe(204);
    for (const client of [asking, seen]) expectRefused(await client.get('/v1/session'));
  });
});
