import { describe, expect, it } from '@jest/globals';
import type { FenceStore } from './fence-store.js';

/** The promises of `FenceStore`; `make` gives a store without a record. */
export function fenceStoreContract(name: string, make: () => Promise<FenceStore>): void {
  describe(`${name} keeps the promises of FenceStore`, () => {
    it('has no record before the first epoch', async () => {
      const store = await make();
      expect(await store.read()).toBeUndefined();
      expect(await store.close(1)).toBeUndefined();
      expect(await store.read()).toBeUndefined();
    });

    it('lets one of those who open at the same time win, and tells all of them', async () => {
      const store = await make();
      const records = await Promise.all(['a', 'b', 'c'].map((server) => store.open(undefined, server)));
      expect(new Set(records.map((record) => record?.serverId)).size).toBe(1);
      expect(records[0]).toEqual(await store.read());
      expect(records[0]?.open).toBe(true);
    });

    it('closes an epoch, again too, and never a later one', async () => {
      const store = await make();
      const first = (await store.open(undefined, 'a'))!;
      const closed = { ...first, open: false };
      expect(await store.close(first.epoch)).toEqual(closed);
      expect(await store.close(first.epoch)).toEqual(closed);
      const second = (await store.open(closed, 'b'))!;
      expect(second).toEqual({ epoch: second.epoch, open: true, serverId: 'b' });
      expect(second.epoch).toBeGreaterThan(first.epoch);
      expect(await store.close(first.epoch)).toEqual(second);
    });

    it('begins no epoch on what is no longer in force', async () => {
      const store = await make();
      const first = (await store.open(undefined, 'a'))!;
      const closed = await store.close(first.epoch);
      expect(await store.open(first, 'b')).toEqual(closed);
      expect(await store.open(undefined, 'b')).toEqual(closed);
    });

    it('begins epochs later than any that was forgotten with the record', async () => {
      const forgotten = (await (await make()).open(undefined, 'a'))!;
      await new Promise((resolve) => setTimeout(resolve, 5));
      const anew = (await (await make()).open(undefined, 'a'))!;
      expect(anew.epoch).toBeGreaterThan(forgotten.epoch);
    });
  });
}
