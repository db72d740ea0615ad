import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, expectProblem, type Reply } from '../support/client.js';
import { cloudEnv } from '../support/cloud.js';
import { mintToken } from '../support/tokens.js';
import { Fleet } from './fleet.js';
import { signOutTrials, worstOf } from './sign-out-trials.js';
import { tcpSwitch, type TcpSwitch } from './tcp-switch.js';

const mint = (claims: { sub: string; origin_jti: string }) => mintToken(claims);

describe('a sign-out on one of three replicas', () => {
  let fleet: Fleet | undefined;
  let table: TcpSwitch | undefined;
  let cache: TcpSwitch | undefined;
  let urls: string[];
  beforeAll(async () => {
    const env = cloudEnv();
    table = await tcpSwitch(env['AWS_ENDPOINT_URL'] ?? '');
    cache = env['CACHE_URL'] ? await tcpSwitch(env['CACHE_URL']) : undefined;
    const started = await Fleet.start(3, 'dist/main.js', {
      ...env,
      AWS_ENDPOINT_URL: `http://127.0.0.1:${table.port}`,
      ...(cache && { CACHE_URL: `redis://127.0.0.1:${cache.port}` }),
    });
    fleet = started;
    urls = await Promise.all([0, 1, 2].map(async (i) => (await started.pick(i)).url));
  }, 90_000);
  afterAll(async () => {
    await fleet?.stop();
    table?.close();
    cache?.close();
  });

  it('is refused at once there and by the others within a second', async () => {
    const trials = await signOutTrials(9, 9, urls, mint);
    expect(trials).toHaveLength(9);
    expect(worstOf(trials)).toBeLessThan(1_000);
  }, 40_000);

  const sub = randomUUID();
  const [goingOn, ended] = [randomUUID(), randomUUID()].map((origin_jti) => mintToken({ sub, origin_jti })) as [string, string];
  const askAll = (token: string): Promise<Reply[]> => Promise.all(urls.map((url) => new Client(url, token).get('/v1/session')));
  const statuses = async (token: string) => (await askAll(token)).map(({ status }) => status);

  it('holds when the cache is lost: the table answers', async () => {
    expect(await statuses(ended)).toEqual([200, 200, 200]);
    expect((await new Client(urls[0] ?? '', ended).delete('/v1/session')).status).toBe(204);
    cache?.cut();
    await delay(1_000);
    expect(await statuses(goingOn)).toEqual([200, 200, 200]);
    expect(await statuses(ended)).toEqual([401, 401, 401]);
  }, 40_000);

  it('with the table lost as well nobody is let in or turned away: 503, and afterwards as before', async () => {
    table?.cut();
    await delay(1_000);
    for (const token of [goingOn, ended]) for (const reply of await askAll(token)) expectProblem(reply, 503, 'unavailable');
    table?.mend();
    cache?.mend();
    await delay(200);
    expect(await statuses(goingOn)).toEqual([200, 200, 200]);
    expect(await statuses(ended)).toEqual([401, 401, 401]);
  }, 40_000);
});
