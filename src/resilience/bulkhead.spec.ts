import { describe, expect, it } from '@jest/globals';
import { Bulkhead } from './bulkhead.js';
import { Unavailable } from './budget.js';

describe('a bulkhead', () => {
  const limits = { concurrent: 2, waiting: 1, waitMs: 60_000 };

  it('lets calls in without a promise while there is a place', () => {
    const bulkhead = new Bulkhead(limits);
    expect([bulkhead.enter(1_000), bulkhead.enter(1_000)]).toEqual([undefined, undefined]);
    expect(bulkhead.active).toBe(2);
  });

  it('hands a place to the one that has waited longest', async () => {
    const bulkhead = new Bulkhead({ ...limits, waiting: 2 });
    void bulkhead.enter(1_000);
    void bulkhead.enter(1_000);
    const order: number[] = [];
    const first = bulkhead.enter(60_000)?.then(() => order.push(1));
    const second = bulkhead.enter(60_000)?.then(() => order.push(2));
    bulkhead.leave();
    await first;
    bulkhead.leave();
    await second;
    expect(order).toEqual([1, 2]);
    expect([bulkhead.active, bulkhead.waiting]).toEqual([2, 0]);
  });

  it('refuses at once when too many wait, and later who waits in vain', async () => {
    const bulkhead = new Bulkhead({ ...limits, waitMs: 20 });
    void bulkhead.enter(1_000);
    void bulkhead.enter(1_000);
    const waiting = bulkhead.enter(1_000);
    await expect(bulkhead.enter(1_000)).rejects.toThrow(Unavailable);
    await expect(waiting).rejects.toThrow(Unavailable);
    expect(bulkhead.waiting).toBe(0);
    bulkhead.leave();
    bulkhead.leave();
    expect(bulkhead.active).toBe(0);
  });
});
