import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'iovalkey';
import { CacheConnection } from '../cache/cache-connection.js';
import { cacheServer, CacheServer } from '../cache/cache-server.fixture.js';
import { LocalRateLimits } from './local-rate-limits.js';
import { describeRateLimits } from './rate-limits.contract.js';
import type { Verdict } from './rate-limits.js';
import { RedisRateLimits } from './redis-rate-limits.js';

describeRateLimits('requests counted by one task', async () => {
  let now = 1_000;
  return { limits: new LocalRateLimits(() => now), pass: async (ms) => void (now += ms) };
});

describe('counts of one task', () => {
  it('are bounded: the ones used longest ago leave', async () => {
    const limits = new LocalRateLimits(() => 0);
    const once = { name: 'address', limit: 1, windowSeconds: 60 } as const;
    limits.take('first', [once]);
    for (let i = 0; i < 9_999; i += 1) limits.take(`other ${i}`, [once]);
    expect(limits.take('first', [once]).granted).toBe(false);
    for (let i = 0; i < 10_000; i += 1) limits.take(`another ${i}`, [once]);
    expect(limits.take('first', [once]).granted).toBe(true);
  });
});

const withServer = cacheServer ? describe : describe.skip;
if (!cacheServer) console.log('Skipped: requests counted in the cache (neither valkey-server nor redis-server is on the PATH).');

withServer('in the cache', () => {
  const server = new CacheServer();
  let connection: CacheConnection;
  let redis: Redis;
  beforeAll(async () => {
    await server.start();
    const url = `redis://127.0.0.1:${server.port}`;
    connection = new CacheConnection({ url, credentials: () => ({}), onChange: () => undefined });
    await connection.start(2_000);
    redis = new Redis(url);
  });
  afterAll(async () => {
    connection.stop();
    redis.disconnect();
    await server.remove();
  });

  describeRateLimits('requests counted once for all tasks', async () => ({ limits: new RedisRateLimits(connection, 5_000), pass: (ms) => delay(ms) }));

  it('a window needs about a kilobyte, however large the limit, and leaves by itself', async () => {
    const limits = new RedisRateLimits(connection, 5_000);
    const large = { name: 'user', limit: 1_000_000, windowSeconds: 1 } as const;
    for (let i = 0; i < 100; i += 1) {
      const verdicts: Verdict[] = await Promise.all(Array.from({ length: 20 }, () => limits.take('heavy', [large])));
      expect(verdicts.every(({ granted }) => granted)).toBe(true);
      await delay(10);
    }
    expect(await redis.strlen('rate:{heavy}:user')).toBeLessThanOrEqual(4 + 66 * 16);
    expect(await redis.pttl('rate:{heavy}:user')).toBeLessThanOrEqual(2_000);
  });
});
