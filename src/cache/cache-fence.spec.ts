import { afterEach, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { CacheFence, FENCE_LEASE_MS } from './cache-fence.js';
import { MemoryFenceStore } from './memory-fence-store.js';

const open = { epoch: 7, open: true, serverId: 'a' };
const elapsed = async (work: () => Promise<unknown>): Promise<number> => {
  const from = performance.now();
  await work();
  return performance.now() - from;
};

describe('the fence', () => {
  const fences: CacheFence[] = [];
  const fenceOver = (store: MemoryFenceStore, serverId = 'a', isPrimary = true) => {
    const server = { serverId, confirmPrimary: async () => (isPrimary ? serverId : undefined) };
    const fence = new CacheFence(store, server, () => undefined);
    fences.push(fence);
    return fence;
  };
  const storeWith = (record?: typeof open) => Object.assign(new MemoryFenceStore(), { record });
  /** Milliseconds until an epoch is usable. */
  const usable = (fence: CacheFence) =>
    elapsed(async () => {
      while (fence.usable() === undefined) await delay(5);
    });

  afterEach(() => fences.splice(0).forEach((fence) => fence.stop()));

  it('lets a task use an epoch only when it knows of it for a whole lease', async () => {
    const fence = fenceOver(storeWith(open));
    expect(await usable(fence)).toBeGreaterThanOrEqual(FENCE_LEASE_MS);
    expect(fence.usable()).toBe(7);
  });

  it('lets nobody use what another server holds', async () => {
    const [same, other] = [fenceOver(storeWith(open)), fenceOver(storeWith(open), 'b', false)];
    other.usable();
    await usable(same);
    await delay(20);
    expect(other.usable()).toBeUndefined();
  });

  it('begins the first epoch at once and another one after a pause', async () => {
    const store = storeWith();
    const fence = fenceOver(store);
    fence.usable();
    await delay(10);
    expect(store.record).toMatchObject({ open: true, serverId: 'a' });
    const first = store.record!.epoch;
    await fence.close(first);
    expect(store.record).toMatchObject({ epoch: first, open: false });
    await usable(fence);
    expect(store.record!.epoch).toBeGreaterThan(first);
  }, 10_000);

  it('is closed for all tasks when closing has resolved', async () => {
    const store = storeWith(open);
    const [one, two] = [fenceOver(store), fenceOver(store)];
    await Promise.all([usable(one), usable(two)]);
    const closing = elapsed(() => one.close(7));
    await delay(20);
    expect(two.usable()).toBe(7);
    expect(await closing).toBeGreaterThanOrEqual(FENCE_LEASE_MS);
    expect(two.usable()).not.toBe(7);
    expect(await elapsed(() => one.close(7))).toBeLessThan(100);
  });

  it('relies on nothing longer than a lease when the store is down', async () => {
    const store = storeWith(open);
    const fence = fenceOver(store);
    await usable(fence);
    store.isDown = true;
    await delay(FENCE_LEASE_MS);
    expect(fence.usable()).toBeUndefined();
    await expect(fence.current()).rejects.toThrow();
    await expect(fence.close(7)).rejects.toThrow();
  });

  it('is not told twice by a reply that was overtaken', async () => {
    const store = storeWith(open);
    const fence = fenceOver(store);
    const read = store.read.bind(store);
    store.read = async () => {
      const record = await read();
      await delay(60);
      return record;
    };
    const late = fence.current();
    await delay(10);
    const closing = fence.close(7);
    await late;
    expect((await fence.current()).record).toEqual({ ...open, open: false });
    await closing;
  });
});
