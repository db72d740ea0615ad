import { beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Policy } from './policies.js';
import type { Budget, RateLimits, Verdict } from './rate-limits.js';

/** An implementation, and how to let its clock go on. */
export interface Counting {
  limits: RateLimits;
  pass(ms: number): Promise<void>;
}

/** What `RateLimits` promises, for every implementation. Windows are one second: real time passes where the clock is not ours. */
export function describeRateLimits(title: string, start: () => Promise<Counting>): void {
  describe(title, () => {
    let counting: Counting;
    let subject: string;
    beforeEach(async () => {
      counting = await start();
      subject = randomUUID();
    });

    const policy = (limit: number, name: Policy['name'] = 'user', windowSeconds = 1): Policy => ({ name, limit, windowSeconds });
    const take = async (...policies: Policy[]): Promise<Verdict> => counting.limits.take(subject, policies);
    const takeMany = (count: number, ...policies: Policy[]) => Promise.all(Array.from({ length: count }, () => take(...policies)));
    const grantedOf = (verdicts: Verdict[]) => verdicts.filter(({ granted }) => granted);
    const only = ({ budgets }: Verdict) => budgets[0] as Budget;

    it.each([1, 3, 64, 65, 300])('accepts exactly %i of more requests at once', async (limit) => {
      const verdicts = await takeMany(limit + 50, policy(limit, 'user', 60));
      expect(grantedOf(verdicts)).toHaveLength(limit);
      expect(grantedOf(verdicts).map((verdict) => only(verdict).remaining).sort((a, b) => a - b)).toEqual(Array.from({ length: limit }, (_, i) => i));
      for (const refused of verdicts.slice(limit)) expect(only(refused)).toMatchObject({ remaining: 0 });
    });

    it('says how long to wait, never more than the window, and accepts whoever waited so long', async () => {
      for (let round = 0; round < 3; round += 1) {
        const [refused] = (await takeMany(101, policy(100))).filter(({ granted }) => !granted) as [Verdict];
        expect(only(refused).waitMs).toBeGreaterThan(0);
        expect(only(refused).waitMs).toBeLessThanOrEqual(1_000);
        await counting.pass(Math.ceil(only(refused).waitMs));
        expect((await take(policy(100))).granted).toBe(true);
      }
    });

    it('gives way one by one where limits are small', async () => {
      await take(policy(2));
      await counting.pass(400);
      await take(policy(2));
      const refused = await take(policy(2));
      expect(refused.granted).toBe(false);
      expect(only(refused).waitMs).toBeLessThan(620);
      await counting.pass(Math.ceil(only(refused).waitMs));
      expect((await take(policy(2))).granted).toBe(true);
      expect((await take(policy(2))).granted).toBe(false);
    });

    it.each([5, 200])('never accepts more than %i within any window', async (limit) => {
      const accepted: number[] = [];
      for (let i = 0; i < 45; i += 1) {
        for (const { granted, at } of await takeMany(Math.ceil(limit / 4), policy(limit))) if (granted) accepted.push(at);
        await counting.pass(37);
      }
      expect(accepted.length).toBeGreaterThan(limit);
      accepted.forEach((at, i) => expect(accepted.slice(i).filter((later) => later < at + 1_000_000).length).toBeLessThanOrEqual(limit));
    });

    it('counts in all of several budgets or in none', async () => {
      const both = [policy(5, 'user', 60), policy(2, 'writes', 60)];
      expect((await takeMany(4, ...both)).map(({ granted }) => granted)).toEqual([true, true, false, false]);
      const refused = await take(...both);
      expect(refused.budgets.map(({ remaining }) => remaining)).toEqual([3, 0]);
      expect(grantedOf(await takeMany(9, policy(5, 'user', 60)))).toHaveLength(3);
    });

    it('keeps subjects and budgets apart', async () => {
      await takeMany(2, policy(2, 'user', 60));
      expect((await take(policy(2, 'address', 60))).granted).toBe(true);
      subject = randomUUID();
      expect((await take(policy(2, 'user', 60))).granted).toBe(true);
    });

    it('takes back what did not count after all, and no more', async () => {
      const guesses = policy(2, 'guesses', 60);
      const [first] = await takeMany(2, guesses);
      await counting.limits.giveBack(subject, guesses, first as Verdict);
      expect((await takeMany(2, guesses)).map(({ granted }) => granted)).toEqual([true, false]);
      await counting.limits.giveBack(subject, guesses, { ...(first as Verdict), at: 1 });
      expect((await take(guesses)).granted).toBe(false);
    });

    it('can give back the only one', async () => {
      const guesses = policy(1, 'guesses', 60);
      await counting.limits.giveBack(subject, guesses, await take(guesses));
      expect((await take(guesses)).granted).toBe(true);
    });

    it('follows a limit that was lowered meanwhile', async () => {
      await takeMany(10, policy(10));
      const refused = await take(policy(4));
      expect(refused.granted).toBe(false);
      expect(only(refused).remaining).toBe(0);
      await counting.pass(Math.ceil(only(refused).waitMs));
      expect((await take(policy(4))).granted).toBe(true);
    });
  });
}
