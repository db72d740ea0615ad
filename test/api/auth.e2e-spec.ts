import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LOCAL } from '../../local/names.js';
import { MemoryUserPool } from '../../src/auth/memory-user-pool.js';
import { startApp, type RunningApp } from '../support/app.js';
import { Client, expectProblem, type Reply } from '../support/client.js';
import { demoUsers } from '../support/cloud.js';
import { mintToken } from '../support/tokens.js';

/** Administrators only; the query is refused after the guards have agreed, so that 400 means "let in". */
const ADMIN = '/v1/profiles?limit=0';

function expectChallenge(reply: Reply, challenge: string): void {
  expectProblem(reply, 401, 'unauthenticated');
  expect(reply.headers.get('www-authenticate')).toBe(challenge);
  expect(reply.headers.get('cache-control')).toMatch(/no-store/);
  expect(reply.headers.get('x-request-id')).toBeTruthy();
}
const expectInvalid = (reply: Reply) => expectChallenge(reply, 'Bearer error="invalid_token"');

describe('authentication over HTTP', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  it('lets the users of the embedded pool in, the first as an administrator', async () => {
    const [admin, user] = demoUsers();
    expectProblem(await new Client(app.url, admin?.accessToken).get(ADMIN), 400, 'validation');
    expectProblem(await new Client(app.url, user?.accessToken).get(ADMIN), 403, 'forbidden');
  });

  it.each(['/v1/profiles/me', ADMIN, `/v1/profiles/${randomUUID()}`])('asks for a token at %s', async (path) => {
    expectChallenge(await new Client(app.url).get(path), 'Bearer');
    expectInvalid(await new Client(app.url, 'nonsense').get(path));
  });

  it('asks for one before it looks at the body', async () => {
    expectChallenge(await new Client(app.url).put('/v1/profiles/me', { wrong: true }), 'Bearer');
  });

  it('takes no token from a query', async () => {
    const token = mintToken({ sub: randomUUID() });
    expectChallenge(await new Client(app.url).get(`/v1/profiles/me?access_token=${token}`), 'Bearer');
  });

  it.each([
    ['an id token', { token_use: 'id' }],
    ['an expired one', { exp: Math.floor(Date.now() / 1_000) - 1 }],
    ['one of another client', { client_id: 'another' }],
    ['one of another pool', { iss: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Other' }],
  ])('refuses %s, though it is well signed', async (_, claims) => {
    expectInvalid(await new Client(app.url, mintToken({ sub: randomUUID(), groups: ['admin'], ...claims })).get(ADMIN));
  });

  it('answers a token larger than the request headers may be with a problem', async () => {
    const reply = await new Client(app.url, 'x'.repeat(20_000)).get('/v1/profiles/me');
    expectProblem(reply, 431, 'headers-too-large');
    expectInvalid(await new Client(app.url, 'x'.repeat(9_000)).get('/v1/profiles/me'));
  });

  it('needs no token for health', async () => {
    expect((await new Client(app.url).get('/health/live')).status).toBe(200);
    expect((await new Client(app.url, 'nonsense').get('/health/ready')).status).toBe(200);
  });
});

describe('a pool whose keys cannot be read', () => {
  it('keeps a new task from starting: good tokens cost 503 and never 401, and the pool is asked once', async () => {
    const pool = await new MemoryUserPool().start();
    pool.answer = (reply) => reply.writeHead(404).end();
    const app = await startApp({ COGNITO_ISSUER: pool.issuer, COGNITO_JWKS_URI: `${pool.issuer}/moved`, COGNITO_CLIENT_ID: LOCAL.COGNITO_CLIENT_ID });
    try {
      const good = pool.sign(pool.claims(Date.now(), { client_id: LOCAL.COGNITO_CLIENT_ID, 'cognito:groups': ['admin'] }));
      const client = new Client(app.url, good);
      const down = await client.get(ADMIN);
      expectProblem(down, 503, 'unavailable');
      expect(down.headers.get('retry-after')).toBe('1');
      expect(down.headers.has('www-authenticate')).toBe(false);
      // Turned away before any work: it costs nobody's budget.
      expect(down.headers.has('ratelimit')).toBe(false);
      expectProblem(await client.get('/health/ready'), 503, 'unavailable');
      await Promise.all(Array.from({ length: 50 }, () => client.get(ADMIN)));
      expect(pool.fetches).toBe(1);
    } finally {
      await app.close();
      await pool.stop();
    }
  });
});
