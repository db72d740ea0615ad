import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { cacheServer, CacheServer, startTask, stopTask, warm, type Task } from './cache-server.fixture.js';
import { Budget, withBudget } from '../resilience/budget.js';
import { MemoryFenceStore } from './memory-fence-store.js';

const withServer = cacheServer ? describe : describe.skip;
if (!cacheServer) console.log('Skipped: faults of the cache (neither valkey-server nor redis-server is on the PATH).');

const elapsed = async (work: () => Promise<unknown>): Promise<number> => {
  const from = performance.now();
  await work();
  return performance.now() - from;
};

withServer('when the cache fails', () => {
  let server: CacheServer;
  let store: MemoryFenceStore;
  let tasks: Task[];
  let truth: string;
  const load = async () => truth;

  const start = async (port = server.port, ...rest: [(() => { password?: string })?]) => {
    const task = await startTask(port, store, ...rest);
    tasks.push(task);
    return task;
  };
  const startWarm = async (count: number) => {
    const started = await Promise.all(Array.from({ length: count }, () => start()));
    await Promise.all(started.map((task) => warm(task)));
    return started as [Task, Task];
  };
  /** Both tasks see the old value in the cache. */
  const cacheOldValue = async (...readers: Task[]) => {
    truth = 'old';
    for (const { cache } of [...readers, ...readers]) await cache.read('key', 600, load);
    for (const { cache } of readers) expect(await cache.read('key', 600, async () => 'not cached')).toBe('old');
  };
  const write = ({ cache }: Task) => cache.write('key', 600, async () => void (truth = 'new'));
  const expectNewFor = async (ms: number, ...readers: Task[]) => {
    const until = performance.now() + ms;
    while (performance.now() < until) {
      for (const { cache } of readers) expect(await cache.read('key', 600, load)).toBe('new');
      await delay(5);
    }
  };

  beforeEach(async () => {
    server = new CacheServer();
    store = new MemoryFenceStore();
    tasks = [];
    await server.start();
  });
  afterEach(async () => {
    tasks.forEach(stopTask);
    server.signal('SIGCONT');
    await server.remove();
  });

  it('answers at once while the server hangs, and never serves the old value when it goes on', async () => {
    const [one, two] = await startWarm(2);
    await cacheOldValue(one, two);
    server.signal('SIGSTOP');
    for (let i = 0; i < 5; i += 1) expect(await elapsed(() => one.cache.read('key', 600, load))).toBeLessThan(100);
    expect(one.cache.metrics().breakerState).toBe('open');
    expect(await elapsed(() => one.cache.read('key', 600, load))).toBeLessThan(20);
    expect(await elapsed(() => write(one))).toBeLessThan(1_500);
    expect(await elapsed(() => write(one))).toBeLessThan(100);
    server.signal('SIGCONT');
    const recovery = Promise.all([warm(one, 5_000), warm(two, 5_000)]);
    await expectNewFor(2_500, one, two);
    for (const ms of await recovery) expect(ms).toBeLessThan(5_000);
    await expectNewFor(200, one, two);
  }, 20_000);

  it('makes a request wait for a server that hangs once, however often it asks', async () => {
    const [one] = await startWarm(1);
    server.signal('SIGSTOP');
    const reads = async () => {
      for (let i = 0; i < 3; i += 1) await one.cache.read(`key-${i}`, 600, load);
    };
    expect(await elapsed(() => withBudget(new Budget(1_000), reads))).toBeLessThan(90);
    expect(one.cache.metrics().breakerState).toBe('closed');
  });

  it('tries to mark a write all the same, and needs no fence when the server goes on', async () => {
    const [one] = await startWarm(1);
    await withBudget(new Budget(5_000), async () => {
      server.signal('SIGSTOP');
      await one.cache.read('key', 600, load);
      server.signal('SIGCONT');
      expect(await elapsed(() => write(one))).toBeLessThan(500);
    });
  });

  it('loses no write that was marked when the server stopped', async () => {
    const [one, two] = await startWarm(2);
    await cacheOldValue(one, two);
    const took = await elapsed(() =>
      one.cache.write('key', 600, async () => {
        server.signal('SIGSTOP');
        truth = 'new';
      }),
    );
    expect(took).toBeLessThan(1_500);
    server.signal('SIGCONT');
    await expectNewFor(3_000, one, two);
  }, 20_000);

  it('takes notice of a write that began while nobody used the cache and ended when it was used again', async () => {
    const [one, two] = await startWarm(2);
    server.signal('SIGSTOP');
    for (let i = 0; i < 4; i += 1) await one.cache.read('key', 600, load);
    await write(one);
    truth = 'old';
    const slow = one.cache.write('key', 600, async () => {
      await warm(two);
      await cacheOldValue(two);
      truth = 'new';
    });
    server.signal('SIGCONT');
    await slow;
    await expectNewFor(200, one, two);
  }, 20_000);

  it('takes notice of a write that was marked in an epoch that ended meanwhile', async () => {
    const [one, two] = await startWarm(2);
    await one.cache.write('key', 600, async () => {
      await store.close(store.record!.epoch);
      await delay(1_100);
      await warm(two);
      await cacheOldValue(two);
      truth = 'new';
    });
    await expectNewFor(200, one, two);
  }, 20_000);

  it('serves nothing that a restarted server brought back', async () => {
    const [one, two] = await startWarm(2);
    await cacheOldValue(one, two);
    const saved = store.record?.epoch;
    await one.connection.run((client) => client.save(), 1_000);
    await write(one);
    expect(store.record?.epoch).toBe(saved);
    await server.kill();
    await server.start();
    const brought = async () => two.connection.run((client) => client.get(`e${saved}:key`));
    await expectNewFor(3_000, one, two);
    expect(await brought()).toBe('"old"');
    await Promise.all([warm(one), warm(two)]);
    await expectNewFor(200, one, two);
    expect(store.record?.epoch).toBeGreaterThan(saved ?? Infinity);
  }, 20_000);

  it('is believed by nobody after a task that is cut off from it has written', async () => {
    const [two] = await startWarm(1);
    const proxy = await proxyTo(server.port);
    const cutOff = await start(proxy.port);
    await warm(cutOff);
    await cacheOldValue(two, cutOff);
    proxy.cut();
    expect(await elapsed(() => write(cutOff))).toBeLessThan(1_500);
    await expectNewFor(2_500, two, cutOff);
    proxy.close();
  }, 20_000);

  it('is believed by nobody after a task has written whose network swallows everything', async () => {
    const [two] = await startWarm(1);
    const proxy = await proxyTo(server.port);
    const cutOff = await start(proxy.port);
    await warm(cutOff);
    await cacheOldValue(two, cutOff);
    proxy.swallow();
    expect(await elapsed(() => write(cutOff))).toBeLessThan(1_500);
    await expectNewFor(1_000, two, cutOff);
    proxy.pass();
    expect(await warm(cutOff)).toBeLessThan(5_000);
    await expectNewFor(200, two, cutOff);
    proxy.close();
  }, 20_000);

  it('refuses a write when neither the cache nor the fence can be told, before its effect', async () => {
    const [one] = await startWarm(1);
    await cacheOldValue(one);
    await server.kill();
    store.isDown = true;
    await expect(write(one)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(truth).toBe('old');
    expect(await one.cache.read('key', 600, load)).toBe('old');
  }, 20_000);

  it('only slows down while the fence cannot be asked', async () => {
    const [one] = await startWarm(1);
    await cacheOldValue(one);
    store.isDown = true;
    await delay(1_100);
    const { bypasses } = one.cache.metrics();
    expect(await one.cache.read('key', 600, load)).toBe('old');
    expect(one.cache.metrics().bypasses).toBe(bypasses + 1);
    store.isDown = false;
    await warm(one);
  }, 20_000);

  it('is used again within 5 s after it was away', async () => {
    const [one, two] = await startWarm(2);
    await server.kill();
    await Promise.all([write(one), write(two)]);
    await delay(1_500);
    await server.start();
    for (const ms of await Promise.all([warm(one), warm(two)])) expect(ms).toBeLessThan(5_000);
  }, 20_000);

  it('connects with a rotated password without a restart', async () => {
    let password = 'first';
    await server.kill();
    await server.start('--requirepass', password);
    const one = await start(server.port, () => ({ password }));
    await warm(one);
    await one.connection.run((client) => client.config('SET', 'requirepass', 'second'));
    await one.connection.run((client) => client.call('CLIENT', 'KILL', 'SKIPME', 'no', 'TYPE', 'normal')).catch(() => undefined);
    await delay(300);
    expect(one.connection.serverId).toBeUndefined();
    password = 'second';
    expect(await warm(one)).toBeLessThan(5_000);
  }, 20_000);

  it('leaves a primary that became a replica', async () => {
    const [one] = await startWarm(1);
    await one.connection.run((client) => client.replicaof('127.0.0.1', 1));
    expect(await one.cache.read('other', 600, async () => 'truth')).toBe('truth');
    await delay(200);
    expect(one.connection.serverId).toBeUndefined();
  }, 20_000);
});

/** A network between a task and its cache. */
async function proxyTo(port: number) {
  const sockets = new Set<Socket>();
  let swallows = false;
  const proxy = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    const relay = (from: Socket, to: Socket) => {
      sockets.add(from);
      from.on('data', (data) => void (swallows || to.write(data)));
      from.on('close', () => to.destroy()).on('error', () => undefined);
    };
    relay(near, far);
    relay(far, near);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const close = () => {
    proxy.close();
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (proxy.address() as AddressInfo).port,
    cut: close,
    close,
    swallow: () => (swallows = true),
    pass: () => (swallows = false),
  };
}
