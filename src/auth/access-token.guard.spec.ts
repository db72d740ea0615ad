import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppError } from '../common/app-error.js';
import { MemoryApp, MemorySignOuts } from './memory-app.js';
import { jwkOf, MemoryUserPool, newKey } from './memory-user-pool.js';
import { SignInChecks } from './sign-in-checks.js';

const attacker = newKey('key1');
const invalid = { status: 401, challenge: 'Bearer error="invalid_token"', body: expect.objectContaining({ type: '/problems/unauthenticated' }) };

describe('access tokens', () => {
  const pool = new MemoryUserPool();
  const app = new MemoryApp(pool);
  const { present, claims, seconds } = app;
  beforeAll(async () => {
    await pool.start();
    await app.start();
  });
  afterAll(async () => {
    await app.close();
    await pool.stop();
  });

  describe('that are good', () => {
    it('say who calls', async () => {
      const given = claims({ 'cognito:groups': ['admin', 'staff'] }) as Record<string, unknown>;
      const token = pool.sign(given);
      const expected = {
        userId: given['sub'],
        signInId: given['origin_jti'],
        username: 'ada',
        groups: ['admin', 'staff'],
        isAdmin: true,
        issuedAt: given['iat'],
        authTime: given['auth_time'],
        expiresAt: given['exp'],
      };
      for (let i = 0; i < 2; i += 1) {
        expect(await present(token)).toMatchObject({ status: 200, body: { user: expected, token, hasChecks: true } });
      }
    });

    it('keep the token itself out of everything that lists members', async () => {
      const { body } = await present(pool.sign(claims()));
      expect(body.user).not.toHaveProperty('token');
    });

    it.each([
      ['origin_jti', { origin_jti: 'o', jti: 'j', sub: 's' }, 'o'],
      ['jti', { origin_jti: undefined, jti: 'j', sub: 's' }, 'j'],
      ['sub', { origin_jti: undefined, jti: undefined, sub: 's' }, 's'],
    ])('name the sign-in by %s', async (_, changes, signInId) => {
      expect((await present(pool.sign(claims(changes)))).body.user.signInId).toBe(signInId);
    });

    it.each([
      ['jku', { jku: 'http://127.0.0.1:9/keys' }],
      ['x5u', { x5u: 'http://127.0.0.1:9/cert' }],
      ['jwk', { jwk: jwkOf(attacker) }],
      ['typ', { typ: 'JWT' }],
      ['a kid and an alg that were overruled', '{"alg":"none","kid":"other","alg":"RS256","kid":"key1"}'],
    ])('are judged by the pool\'s keys alone when they carry %s', async (_, header) => {
      expect((await present(pool.sign(claims(), header))).status).toBe(200);
    });

    it('are taken with any case of the scheme', async () => {
      expect((await app.get('/me', `bearer ${pool.sign(claims())}`)).status).toBe(200);
    });

    it('may begin 5 s from now, by whatever our clock says', async () => {
      const before = app.clock.at;
      for (const at of [before, Date.now() + 86_400_000]) {
        app.clock.at = at;
        expect((await present(pool.sign(claims({ nbf: seconds() + 5 })))).status).toBe(200);
      }
      app.clock.at = before;
    });
  });

  describe('that are not where they should be', () => {
    const bare = { status: 401, challenge: 'Bearer' };
    it.each([
      ['no header', undefined],
      ['another scheme', 'Basic YTpi'],
      ['a scheme that only starts alike', 'Bearers abc'],
      ['a scheme alone', 'Bearer'],
      ['an empty header', ''],
    ])('are asked for: %s', async (_, authorization) => {
      expect(await app.get('/me', authorization)).toMatchObject(bare);
    });

    it('are not taken from the query', async () => {
      const token = pool.sign(claims());
      expect(await app.get(`/me?access_token=${token}&token=${token}&authorization=Bearer%20${token}`)).toMatchObject(bare);
    });

    it('are not taken from one of two headers, nor from a list in one', async () => {
      const token = pool.sign(claims());
      expect((await present(token)).status).toBe(200);
      expect(await app.get('/me', [`Bearer ${token}`, 'Bearer other'])).toMatchObject(invalid);
      expect(await app.get('/me', `Bearer ${token}, Bearer ${token}`)).toMatchObject(invalid);
      expect(await app.get('/me', `Bearer ${token} ${token}`)).toMatchObject(invalid);
    });

    it('are not needed for a public route, whatever is sent', async () => {
      expect((await app.get('/open')).status).toBe(200);
      expect((await present('nonsense', '/open')).status).toBe(200);
    });
  });

  it('give 403 without the group, and 401 before that', async () => {
    const plain = pool.sign(claims({ 'cognito:groups': ['administrators'] }));
    expect(await present(plain, '/admin')).toMatchObject({ status: 403, body: { type: '/problems/forbidden' } });
    expect(await app.get('/admin')).toMatchObject({ status: 401, challenge: 'Bearer' });
    expect((await present(pool.sign(claims({ 'cognito:groups': ['admin'] })), '/admin')).status).toBe(200);
  });

  it('stop being good at their expiry, remembered or not', async () => {
    const token = pool.sign(claims({ exp: seconds() + 30 }));
    expect((await present(token)).status).toBe(200);
    app.clock.at = (seconds() + 30) * 1_000;
    expect(await present(token)).toMatchObject(invalid);
  });

  it('stop being good with their sign-in: within 900 ms, or at once where the sign-out was made', async () => {
    const sub = randomUUID();
    const token = pool.sign(claims({ sub }));
    expect((await present(token)).status).toBe(200);
    app.find(MemorySignOuts).failures.set(sub, new AppError('unauthenticated', 'Signed out.'));
    expect((await present(token)).status).toBe(200);
    app.find(SignInChecks).forget(sub);
    expect(await present(token)).toMatchObject(invalid);

    const other = pool.sign(claims());
    const { userId } = (await present(other)).body.user;
    app.find(MemorySignOuts).failures.set(userId, new AppError('unauthenticated', 'Signed out.'));
    app.clock.at += 900;
    expect(await present(other)).toMatchObject(invalid);
  });

  it('give 503 when it cannot be known whether the sign-in ended', async () => {
    const sub = randomUUID();
    app.find(MemorySignOuts).failures.set(sub, new AppError('unavailable', 'Try again.'));
    expect(await present(pool.sign(claims({ sub })))).toMatchObject({ status: 503, body: { type: '/problems/unavailable' } });
  });

  it('give 503 while the keys were never read, and 401 when they could not be good anyhow', async () => {
    const down = await new MemoryUserPool(pool.key).start();
    const other = await new MemoryApp(down).start();
    down.answer = (reply) => reply.writeHead(500).end();
    const token = down.sign(other.claims());
    expect(await other.present(token)).toMatchObject({ status: 503, retryAfter: '11', challenge: undefined });
    expect(await other.present('a.b.c')).toMatchObject(invalid);
    down.answer = (reply) => reply.end(JSON.stringify({ keys: down.keys }));
    other.clock.at += 11_000;
    expect((await other.present(token)).status).toBe(200);
    await other.close();
    await down.stop();
  });
});
