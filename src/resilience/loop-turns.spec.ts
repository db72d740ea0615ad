import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { LoopTurns } from './loop-turns.js';

describe('turns of the event loop', () => {
  it('gives one to each, in the order in which they came', async () => {
    const turns = new LoopTurns();
    const begun: number[] = [];
    const all = [1, 2, 3].map((nth) => turns.take().then(() => begun.push(nth)));
    expect([begun, turns.waiting]).toEqual([[], 3]);
    await nextTurn();
    expect([begun, turns.waiting]).toEqual([[1], 2]);
    await nextTurn();
    expect([begun, turns.waiting]).toEqual([[1, 2], 1]);
    await Promise.all(all);
    expect([begun, turns.waiting]).toEqual([[1, 2, 3], 0]);
  });

  it('lets short work go first that came after the long', async () => {
    const turns = new LoopTurns();
    const order: string[] = [];
    const long = ['first', 'second'].map((name) => turns.take().then(() => order.push(name)));
    setImmediate(() => order.push('short'));
    await Promise.all(long);
    expect(order).toEqual(['first', 'short', 'second']);
  });

  it('goes on after a pause', async () => {
    const turns = new LoopTurns();
    await turns.take();
    await nextTurn();
    await turns.take();
    expect(turns.waiting).toBe(0);
  });

  it('goes on when somebody does not: a failed piece takes no turn of others', async () => {
    const turns = new LoopTurns();
    const failed = turns.take().then(() => Promise.reject(new Error('no')));
    const next = turns.take();
    await expect(failed).rejects.toThrow('no');
    await next;
  });
});
