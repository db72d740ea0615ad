import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../common/app-error.js';
import { cacheContract } from './cache.contract.js';
import { cacheServer, CacheServer, startTask, stopTask, warm, type Task } from './cache-server.fixture.js';
import { MemoryFenceStore } from './memory-fence-store.js';
import { NoCache } from './no-cache.js';

cacheContract('no cache', async () => new NoCache());

const withServer = cacheServer ? describe : describe.skip;
if (!cacheServer) console.log('Skipped: the cache on Redis (neither valkey-server nor redis-server is on the PATH).');

withServer('the cache on Redis', () => {
  const server = new CacheServer();
  const store = new MemoryFenceStore();
  let one: Task;
  let two: Task;
  let attempt = 0;
  /** A key that no earlier attempt at the same test has left anything under. */
  const fresh = (name: string): string => `${name}-${attempt}`;

  beforeEach(() => void (attempt += 1));
  beforeAll(async () => {
    await server.start();
    [one, two] = [await startTask(server.port, store), await startTask(server.port, store)];
    await Promise.all([warm(one), warm(two)]);
  }, 15_000);
  afterAll(async () => {
    [one, two].forEach(stopTask);
    await server.remove();
  });

  cacheContract('the cache on Redis', async () => one.cache);

  it('is shared by tasks', async () => {
    await one.cache.read(fresh('shared'), 60, async () => ({ from: 'one' }));
    expect(await two.cache.read(fresh('shared'), 60, async () => ({ from: 'two' }))).toEqual({ from: 'one' });
  });

  it('loads once for reads that come together', async () => {
    let loads = 0;
    const load = async () => {
      loads += 1;
      await delay(30);
      return 'value';
    };
    const early = one.cache.read(fresh('herd'), 60, load);
    await delay(15);
    await Promise.all([early, ...Array.from({ length: 50 }, () => one.cache.read(fresh('herd'), 60, load))]);
    expect(loads).toBe(1);
  });

  it('lets one task fill while others load for themselves', async () => {
    const late = one.cache.read(fresh('lease'), 60, () => delay(40, 'one'));
    await delay(15);
    expect(await two.cache.read(fresh('lease'), 60, async () => 'two')).toBe('two');
    expect(await late).toBe('one');
    expect(await two.cache.read(fresh('lease'), 60, async () => 'two')).toBe('one');
  });

  it('keeps entries up to 64 KiB and no longer than asked', async () => {
    const read = (key: string, seconds: number, value: string) => one.cache.read(key, seconds, async () => value);
    await read(fresh('large'), 60, 'x'.repeat(65_600));
    expect(await read(fresh('large'), 60, 'other')).toBe('other');
    await read(fresh('short'), 1, 'first');
    expect(await read(fresh('short'), 1, 'second')).toBe('first');
    await delay(1_050);
    expect(await read(fresh('short'), 1, 'second')).toBe('second');
  });

  it('keeps nothing of a key while any of its writers is at work', async () => {
    let truth = 0;
    const slow = one.cache.write(fresh('overlap'), 60, () => delay(120).then(() => (truth = 2)));
    await two.cache.write(fresh('overlap'), 60, async () => (truth = 1));
    expect(await two.cache.read(fresh('overlap'), 60, async () => truth)).toBe(1);
    await slow;
    expect(await two.cache.read(fresh('overlap'), 60, async () => truth)).toBe(2);
    expect(await one.cache.read(fresh('overlap'), 60, async () => -1)).toBe(2);
  });

  it('keeps nothing for a while after a write whose outcome is unknown', async () => {
    let truth = 'old';
    const lost = one.cache.write(fresh('unknown'), 60, async () => {
      setTimeout(() => (truth = 'new'), 100);
      throw new AppError('unavailable', 'No answer.');
    });
    await expect(lost).rejects.toThrow('No answer.');
    expect(await two.cache.read(fresh('unknown'), 60, async () => truth)).toBe('old');
    await delay(120);
    expect(await two.cache.read(fresh('unknown'), 60, async () => truth)).toBe('new');
  });

  it('keeps what a refused write did not change', async () => {
    const refused = one.cache.write(fresh('refused'), 60, () => Promise.reject(new AppError('stale', 'Stale.')));
    await expect(refused).rejects.toThrow('Stale.');
    await one.cache.read(fresh('refused'), 60, async () => 'kept');
    expect(await two.cache.read(fresh('refused'), 60, async () => 'loaded')).toBe('kept');
  });

  it('forgets a writer that died, however busy the key is', async () => {
    const client = (command: 'get' | 'pttl', key: string) => one.connection.run<string | number | null>((redis) => redis[command](key));
    const place = `e${store.record?.epoch}:crash`;
    await one.connection.run((redis) => redis.set(place, `W:dead@${Date.now() + 80}`, 'PX', 10_000));
    await two.cache.write('crash', 60, async () => 1);
    expect(await client('get', place)).toMatch(/^W:dead@\d+$/);
    expect(await client('pttl', place)).toBeLessThanOrEqual(80);
    await delay(100);
    await two.cache.write('crash', 60, async () => 1);
    expect(await client('get', place)).toBeNull();
  });

  /** Every read must see at least the last write that had resolved when it began, and no value may come back. */
  it('is linearizable for random readers and writers of two tasks', async () => {
    const truth = new Map<string, number>();
    const acknowledged = new Map<string, number>();
    const seen = new Map<string, number>();
    const keys = ['a', 'b', 'c'];
    const pause = () => delay(Math.random() * 6);
    const until = performance.now() + 4_000;
    let [reads, writes, violations] = [0, 0, 0];
    const client = async ({ cache }: Task) => {
      while (performance.now() < until) {
        const key = keys[Math.floor(Math.random() * keys.length)]!;
        if (Math.random() < 0.15) {
          let written = 0;
          await cache.write(`random ${key}`, 60, async () => {
            await pause();
            truth.set(key, (written = (truth.get(key) ?? 0) + 1));
            await pause();
          });
          acknowledged.set(key, Math.max(acknowledged.get(key) ?? 0, written));
          writes += 1;
        } else {
          const atLeast = Math.max(acknowledged.get(key) ?? 0, seen.get(key) ?? 0);
          const value = await cache.read(`random ${key}`, 60, async () => {
            await pause();
            const read = truth.get(key) ?? 0;
            await pause();
            return read;
          });
          if (value! < atLeast) violations += 1;
          seen.set(key, Math.max(seen.get(key) ?? 0, value!));
          reads += 1;
        }
        if (Math.random() < 0.3) await pause();
      }
    };
    const before = one.cache.metrics().hits;
    await Promise.all([...Array.from({ length: 6 }, () => client(one)), ...Array.from({ length: 6 }, () => client(two))]);
    expect(violations).toBe(0);
    expect(reads).toBeGreaterThan(500);
    expect(writes).toBeGreaterThan(100);
    expect(one.cache.metrics().hits).toBeGreaterThan(before);
  }, 10_000);
});
