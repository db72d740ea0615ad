import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cache } from './cache.js';

/** The promises of `Cache`, for every implementation of it. */
export function cacheContract(name: string, make: () => Promise<Cache>): void {
  describe(`${name} keeps the promises of Cache`, () => {
    it('reads what the truth says, and says when there is nothing', async () => {
      const cache = await make();
      const key = randomUUID();
      expect(await cache.read(key, 60, async () => ({ text: 'ä', list: [1, null] }))).toEqual({ text: 'ä', list: [1, null] });
      expect(await cache.read(randomUUID(), 60, async () => undefined)).toBeUndefined();
    });

    it('never keeps nothing', async () => {
      const cache = await make();
      const key = randomUUID();
      await cache.read(key, 60, async () => undefined);
      expect(await cache.read(key, 60, async () => 1)).toBe(1);
    });

    it('serves no old value once a write has resolved', async () => {
      const cache = await make();
      const key = randomUUID();
      let truth = 0;
      for (let i = 1; i <= 20; i += 1) {
        await cache.read(key, 60, async () => truth);
        await cache.write(key, 60, async () => void (truth = i));
        expect(await cache.read(key, 60, async () => truth)).toBe(i);
      }
    });

    it('never lets a late load beat a newer write', async () => {
      const cache = await make();
      const key = randomUUID();
      let truth = 'old';
      const late = cache.read(key, 60, async () => {
        const seen = truth;
        await delay(60);
        return seen;
      });
      await delay(10);
      await cache.write(key, 60, async () => void (truth = 'new'));
      await late;
      expect(await cache.read(key, 60, async () => truth)).toBe('new');
    });

    it('never lets a read join a load that began before a write', async () => {
      const cache = await make();
      const key = randomUUID();
      let truth = 'old';
      const slow = async () => {
        const seen = truth;
        await delay(50);
        return seen;
      };
      const before = cache.read(key, 60, slow);
      await delay(5);
      await cache.write(key, 60, async () => void (truth = 'new'));
      expect(await cache.read(key, 60, slow)).toBe('new');
      expect(await before).toBe('old');
    });

    it('passes failures of loads and writes on, and goes on', async () => {
      const cache = await make();
      const key = randomUUID();
      const failing = async () => Promise.reject(new Error('table'));
      await expect(cache.read(key, 60, failing)).rejects.toThrow('table');
      await expect(cache.write(key, 60, failing)).rejects.toThrow('table');
      expect(await cache.read(key, 60, async () => 'still')).toBe('still');
    });

    it('is right for writers that overlap', async () => {
      const cache = await make();
      const key = randomUUID();
      let truth = 0;
      for (let round = 0; round < 10; round += 1) {
        const write = (value: number, ms: number) => cache.write(key, 60, async () => {
          await delay(ms);
          truth = value;
        });
        const read = () => cache.read(key, 60, async () => truth);
        await Promise.all([write(round * 2, 8), write(round * 2 + 1, 3), read(), delay(4).then(read), delay(9).then(read)]);
        expect(await read()).toBe(truth);
      }
    });
  });
}
