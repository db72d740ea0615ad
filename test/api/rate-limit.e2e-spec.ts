import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { startApp, type RunningApp } from '../support/app.js';
import { Client, expectProblem, type Reply } from '../support/client.js';
import { cloudEnv } from '../support/cloud.js';
import { newActor, upload } from '../support/documents.js';
import { expectRefusal, limitsOf } from '../support/rate-limit.js';
import { mintToken } from '../support/tokens.js';

const ME = '/v1/profiles/me';
const UNKNOWN_SHARE = '/v1/shares/unknown';

const apps: RunningApp[] = [];
async function start(overrides: Record<string, string>): Promise<RunningApp> {
  const app = await startApp(overrides);
  apps.push(app);
  return app;
}
/** One task that counts by itself: no server whose answer could be late. */
const startAlone = (overrides: Record<string, string>) => start({ CACHE_URL: '', ...overrides });
const userOf = ({ url }: RunningApp, sub: string = randomUUID()) => new Client(url, mintToken({ sub }));
const times = async (count: number, ask: () => Promise<Reply>): Promise<Reply[]> => {
  const replies: Reply[] = [];
  for (let i = 0; i < count; i += 1) replies.push(await ask());
  return replies;
};
const statusesOf = (replies: Reply[]) => replies.map(({ status }) => status);

describe('the rate limit', () => {
  afterEach(async () => {
    await Promise.all(apps.splice(0).map((app) => app.close()));
  });

  it('accepts a user so many requests per window over all routes and sign-ins, tells what is left, and when to come back', async () => {
    const app = await startAlone({ RATE_LIMIT: '5/2s' });
    const userId = randomUUID();
    const [one, other] = [userOf(app, userId), userOf(app, userId)];
    const accepted = [await one.get(ME), await other.put(ME, { displayName: 'A' }), await one.get('/v1/documents'), await other.get('/v1/profiles?limit=1'), await one.patch(ME, {})];
    expect(statusesOf(accepted)).toEqual([404, 201, 200, 403, 428]);
    expect(accepted.map((reply) => limitsOf(reply).left['user']?.r)).toEqual([4, 3, 2, 1, 0]);
    expect(limitsOf(accepted[0] as Reply).policies).toEqual({ user: { q: 5, w: 2 } });
    const refused = await other.get(ME);
    const wait = expectRefusal(refused, 'user');
    expectRefusal(await one.patch(ME, { displayName: 'B' }), 'user');
    expect((await userOf(app).get(ME)).status).toBe(404);
    await delay(wait * 1_000);
    const back = await one.get(ME);
    expect(back.body.displayName).toBe('A');
  });

  it('has a narrower budget for writes when one is set', async () => {
    const app = await startAlone({ RATE_LIMIT: '9/60s', RATE_LIMIT_WRITES: '2/60s' });
    const user = userOf(app);
    expect((await user.put(ME, { displayName: 'A' })).status).toBe(201);
    const second = await user.patch(ME, {});
    expect(limitsOf(second)).toMatchObject({ policies: { user: { q: 9 }, writes: { q: 2 } }, left: { user: { r: 7 }, writes: { r: 0 } } });
    expectRefusal(await user.patch(ME, { displayName: 'B' }, { 'if-match': '*' }), 'writes');
    const reads = await times(8, () => user.get(ME));
    expect(statusesOf(reads)).toEqual([...Array<number>(7).fill(200), 429]);
    expect(reads[0]?.body.displayName).toBe('A');
  });

  describe('where there is no user', () => {
    it('counts refused tokens, unknown paths and public routes by address, and still serves a valid token from there', async () => {
      const app = await startAlone({ RATE_LIMIT_ANONYMOUS: '5/60s' });
      const nobody = new Client(app.url);
      const replies = [await nobody.get(ME), await new Client(app.url, 'nonsense').get(ME), await nobody.get('/v1/nothing'), await nobody.get(UNKNOWN_SHARE), await nobody.put(ME, '{')];
      expect(statusesOf(replies)).toEqual([401, 401, 404, 404, 400]);
      expect(replies.map((reply) => limitsOf(reply).left['address']?.r)).toEqual([4, 3, 2, 1, 0]);
      for (const path of [ME, '/v1/nothing', UNKNOWN_SHARE]) expectRefusal(await nobody.get(path), 'address');
      expectRefusal(await new Client(app.url, mintToken({ sub: 'a', exp: 1 })).get(ME), 'address');
      expect((await userOf(app).put(ME, { displayName: 'A' })).status).toBe(201);
    });

    it('limits neither health nor the description nor preflights', async () => {
      const app = await startAlone({ RATE_LIMIT_ANONYMOUS: '1/60s', CORS_ORIGINS: 'https://app.example.com' });
      const nobody = new Client(app.url);
      expectRefusal((await times(2, () => nobody.get(ME)))[1] as Reply, 'address');
      for (const path of ['/health/live', '/health/ready', '/openapi.json']) {
        const reply = await nobody.get(path);
        expect(reply.status).toBe(200);
        expect(reply.headers.has('ratelimit')).toBe(false);
      }
      expect((await fetch(`${app.url}/docs`)).status).toBe(200);
      const preflight = { method: 'OPTIONS', headers: { origin: 'https://app.example.com', 'access-control-request-method': 'GET' } };
      expect((await fetch(app.url + ME, preflight)).status).toBe(204);
      const refused = await nobody.get(ME, { origin: 'https://app.example.com' });
      expect(refused.status).toBe(429);
      expect(refused.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    });

    it('counts wrong passwords and unknown links in a narrower budget, and successes not at all', async () => {
      const app = await startAlone({ RATE_LIMIT_ANONYMOUS: '50/60s', RATE_LIMIT_GUESSES: '3/60s' });
      const actor = newActor(app.url);
      const { path } = await upload(actor, 'shared bytes');
      const link = async (input: object) => `/v1/shares/${(await actor.client.post(`${path}/shares`, input)).body.token}`;
      const [open, locked] = [await link({}), await link({ password: 'right' })];
      const visitor = new Client(app.url);
      expect(statusesOf(await times(5, () => visitor.get(open)))).toEqual(Array(5).fill(200));
      expectProblem(await visitor.get(locked), 401, 'password-required');
      expectProblem(await visitor.post(locked, { password: 'wrong' }), 401, 'wrong-password');
      expect((await visitor.post(locked, { password: 'right' })).status).toBe(200);
      expectProblem(await visitor.get(UNKNOWN_SHARE), 404, 'not-found');
      const last = await visitor.post(locked, { password: 'wronger' });
      expect(limitsOf(last).left['guesses']?.r).toBe(0);
      expectRefusal(await visitor.post(locked, { password: 'right' }), 'guesses');
      expectRefusal(await visitor.get(UNKNOWN_SHARE), 'guesses');
      expectProblem(await visitor.get(ME), 401, 'unauthenticated');
    });
  });

  describe('behind proxies', () => {
    /** How many different addresses several requests were counted under. */
    async function addressesOf(trusted: number, forwarded: string[]): Promise<number> {
      const app = await startAlone({ RATE_LIMIT_ANONYMOUS: '100/60s', TRUST_PROXY: String(trusted) });
      const left: number[] = [];
      for (const value of forwarded) left.push(limitsOf(await new Client(app.url).get(ME, { 'x-forwarded-for': value })).left['address']?.r ?? 0);
      return left.filter((r) => r === 99).length;
    }

    it('believes no X-Forwarded-For without one', async () => {
      expect(await addressesOf(0, ['198.51.100.1', '198.51.100.2', '198.51.100.3, 198.51.100.4'])).toBe(1);
    });
    it('believes the last entry behind one', async () => {
      expect(await addressesOf(1, ['198.51.100.1', '6.6.6.6, 198.51.100.1', '6.6.6.7,198.51.100.1'])).toBe(1);
      expect(await addressesOf(1, ['198.51.100.1', '198.51.100.1, 198.51.100.2', '198.51.100.1, 198.51.100.3'])).toBe(3);
    });
    it('believes the last but one behind two', async () => {
      expect(await addressesOf(2, ['198.51.100.1, 10.0.0.1', '6.6.6.6, 198.51.100.1, 10.0.0.2', '6.6.6.7, 6.6.6.8, 198.51.100.1, 10.0.0.3'])).toBe(1);
      expect(await addressesOf(2, ['198.51.100.1, 10.0.0.1', '198.51.100.2, 10.0.0.1'])).toBe(2);
    });
    it('counts what is no address under the proxy that sent it', async () => {
      expect(await addressesOf(1, ['unknown', 'x'.repeat(2_000), ',,,', '1.2.3.4.5', '6.6.6.6, _hidden'])).toBe(1);
    });
    it('counts an IPv6 client by its /64', async () => {
      expect(await addressesOf(1, ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:0db8:1:2:0:0:0:3'])).toBe(1);
      expect(await addressesOf(1, ['2001:db8:1:2::1', '2001:db8:1:3::1'])).toBe(2);
    });
  });

  it('says so when the task counts by itself, and goes on', async () => {
    const app = await startAlone({ RATE_LIMIT: '2/60s' });
    const replies = await times(3, () => userOf(app, 'alone').get(ME));
    expect(statusesOf(replies)).toEqual([404, 404, 429]);
    for (const reply of replies) expect(limitsOf(reply).isLocal).toBe(true);
  });

  it('is described', async () => {
    const app = await startAlone({});
    const { paths, components } = (await new Client(app.url).get('/openapi.json')).body;
    const { responses } = paths[ME].get;
    expect(responses['429'].$ref).toBe('#/components/responses/rate-limited');
    expect(Object.keys(responses['200'].headers)).toEqual(expect.arrayContaining(['RateLimit', 'RateLimit-Policy']));
    expect(Object.keys(components.responses['rate-limited'].headers)).toContain('Retry-After');
    expect(paths['/health/live'].get.responses['429']).toBeUndefined();
  });
});

const withCache = cloudEnv()['CACHE_URL'] ? describe : describe.skip;
withCache('the rate limit of two tasks with one cache', () => {
  let tasks: RunningApp[];
  beforeAll(async () => {
    tasks = [await startApp({ RATE_LIMIT: '2/60s' }), await startApp({ RATE_LIMIT: '2/60s' })];
  });
  afterAll(() => Promise.all(tasks.map((task) => task.close())));

  it('is one, and a read that was begun before the verdict shows nothing', async () => {
    for (let attempt = 1; ; attempt += 1) {
      const userId = randomUUID();
      const [one, two] = tasks.map((task) => userOf(task, userId)) as [Client, Client];
      const replies = [await one.put(ME, { displayName: 'secret' }), await one.get(ME), await two.get(ME), await two.get(ME), await one.put(ME, { displayName: 'other' })];
      // A cache that missed its deadline on a busy machine is another case.
      if (replies.some((reply) => limitsOf(reply).isLocal) && attempt < 10) continue;
      expect(statusesOf(replies)).toEqual([201, 200, 429, 429, 429]);
      for (const refused of replies.slice(2)) {
        expectRefusal(refused, 'user');
        expect(JSON.stringify(refused.body)).not.toContain('secret');
      }
      return;
    }
  });
});
