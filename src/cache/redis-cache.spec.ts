import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cacheServer } from '../../local/redis.js';
import { CacheConnection } from './cache-connection.js';
import { CacheFence, LEASE_MS } from './cache-fence.js';
import { cacheContract } from './cache.contract.js';
import { MemoryFenceStore } from './memory-fence-store.js';
import { NoCache } from './no-cache.js';
import { RedisCache } from './redis-cache.js';

cacheContract('no cache', async () => new NoCache());

const server = cacheServer();
const withServer = server ? describe : describe.skip;
if (!server) console.log('Skipped: the cache on Redis (neither valkey-server nor redis-server is on the PATH).');

withServer('the cache on Redis', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stateless-cache-'));
  const store = new MemoryFenceStore();
  const opened: { connection: CacheConnection; fence: CacheFence }[] = [];
  let port: number;
  let redis: ChildProcess;

  const start = async () => {
    redis = spawn(server ?? '', ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'], { stdio: 'ignore' });
    await delay(150);
  };
  const kill = async () => {
    const gone = once(redis, 'exit');
    redis.kill('SIGKILL');
    await gone;
  };
  /** A task's cache, warm enough to be used. */
  const task = async (at = port) => {
    const connection = new CacheConnection(`redis://127.0.0.1:${at}`, () => ({}), () => {});
    const fence = new CacheFence(store, connection);
    opened.push({ connection, fence });
    connection.connect();
    await delay(50);
    return { cache: new RedisCache(connection, fence), connection, fence };
  };
  /** Waits until a task believes what is cached: a second load then is a hit. */
  const warm = async ({ cache }: { cache: RedisCache }) => {
    for (let i = 0; i < 60; i += 1) {
      let loads = 0;
      const load = async () => ((loads += 1), 'warm');
      await cache.read(`warm ${i}`, 60, load);
      await cache.read(`warm ${i}`, 60, load);
      if (loads === 1) return;
      await delay(100);
    }
    throw new Error('the cache was never used');
  };

  beforeAll(async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    ({ port } = probe.address() as { port: number });
    probe.close();
    await start();
  });
  afterEach(() => {
    for (const { connection, fence } of opened.splice(0)) {
      fence.stop();
      connection.close();
    }
  });
  afterAll(async () => {
    await kill();
    rmSync(folder, { recursive: true, force: true });
  });

  describe('when warm', () => {
    let shared: Awaited<ReturnType<typeof task>>;
    cacheContract('Redis', async () => {
      shared = await task();
      await warm(shared);
      return shared.cache;
    });
  });

  it('is shared by tasks, and loads once', async () => {
    const [one, two] = [await task(), await task()];
    await Promise.all([warm(one), warm(two)]);
    let loads = 0;
    const load = async () => ((loads += 1), 'value');
    await one.cache.read('shared', 60, load);
    expect(await two.cache.read('shared', 60, load)).toBe('value');
    expect(loads).toBe(1);
  }, 15_000);

  it('answers at once while the server hangs, and serves nothing old when it goes on', async () => {
    const [one, two] = [await task(), await task()];
    await Promise.all([warm(one), warm(two)]);
    let truth = 'old';
    const load = async () => truth;
    await two.cache.read('hung', 60, load);
    redis.kill('SIGSTOP');
    const readAt = performance.now();
    expect(await one.cache.read('hung', 60, load)).toBe('old');
    expect(performance.now() - readAt).toBeLessThan(300);
    const writeAt = performance.now();
    await one.cache.write('hung', 60, async () => void (truth = 'new'));
    expect(performance.now() - writeAt).toBeLessThan(LEASE_MS + 1_000);
    redis.kill('SIGCONT');
    for (let i = 0; i < 40; i += 1) {
      expect(await two.cache.read('hung', 60, load)).toBe('new');
      await delay(50);
    }
    await warm(two);
  }, 20_000);

  it('is not believed by anybody after a task that cannot reach it has written', async () => {
    const two = await task();
    await warm(two);
    const cutOff = await task(1);
    let truth = 'old';
    const load = async () => truth;
    await two.cache.read('partition', 60, load);
    expect(await two.cache.read('partition', 60, async () => 'unused')).toBe('old');
    await cutOff.cache.write('partition', 60, async () => void (truth = 'new'));
    expect(await two.cache.read('partition', 60, load)).toBe('new');
  }, 20_000);

  it('begins anew when another server with old content comes in its place', async () => {
    const one = await task();
    await warm(one);
    let truth = 'old';
    const load = async () => truth;
    await one.cache.read('restart', 60, load);
    const before = store.state?.epoch ?? 0;
    await kill();
    await one.cache.write('restart', 60, async () => void (truth = 'new'));
    await start();
    await warm(one);
    expect(store.state?.epoch).toBeGreaterThan(before);
    expect(await one.cache.read('restart', 60, load)).toBe('new');
  }, 25_000);
});
