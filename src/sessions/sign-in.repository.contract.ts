import { beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { SessionRepository } from './session.repository.js';
import type { SignIn } from './sign-in.js';
import type { SignInRepository } from './sign-in.repository.js';

const UNTIL = '2099-01-01T00:00:00.000Z';

export const aSignIn = (changes: Partial<SignIn> = {}): SignIn => ({
  userId: randomUUID(),
  id: randomUUID(),
  createdAt: '2026-01-02T03:04:05.678Z',
  lastSeenAt: '2026-01-02T03:04:05.678Z',
  expiresAt: '2098-02-01T03:04:05.678Z',
  after: -1,
  ...changes,
});

/** The promises of `SignInRepository`, for every implementation of it. `sessions` are the data beside it. */
export function signInRepositoryContract(name: string, make: () => Promise<{ signIns: SignInRepository; sessions: SessionRepository }>): void {
  describe(`${name} keeps the promises of SignInRepository`, () => {
    let signIns: SignInRepository;
    let sessions: SessionRepository;
    beforeEach(async () => {
      ({ signIns, sessions } = await make());
    });

    const record = async (changes: Partial<SignIn> = {}): Promise<SignIn> => {
      const signIn = aSignIn(changes);
      expect(await signIns.record(signIn, await signIns.endings(signIn.userId, signIn.id))).toBe(true);
      return signIn;
    };

    it('knows nothing of what was never recorded', async () => {
      const { userId, id } = aSignIn();
      expect(await signIns.find(userId, id)).toBeUndefined();
      expect(await signIns.endings(userId, id)).toEqual({});
      expect(await signIns.end(userId, id, 1, UNTIL)).toBe(false);
      expect(await signIns.list(userId, { limit: 10 })).toEqual({ items: [] });
    });

    it('gives back what was recorded, to its user only, and records once', async () => {
      const signIn = await record({ userAgent: 'Browser/1.0', markId: undefined });
      expect(await signIns.find(signIn.userId, signIn.id)).toEqual(signIn);
      expect(await signIns.find(randomUUID(), signIn.id)).toBeUndefined();
      expect(await signIns.record({ ...signIn, createdAt: UNTIL }, {})).toBe(false);
      expect(await signIns.find(signIn.userId, signIn.id)).toEqual(signIn);
    });

    it('ends for good, again and again, and takes the data along', async () => {
      const { userId, id } = await record();
      const at = '2026-01-02T03:04:05.678Z';
      await sessions.save({ userId, signInId: id, data: { a: 1 }, version: 1, createdAt: at, updatedAt: at, expiresAt: UNTIL });
      await signIns.find(userId, id);
      await sessions.find(userId, id);
      for (let i = 0; i < 2; i += 1) expect(await signIns.end(userId, id, 1_700_000_000, UNTIL)).toBe(true);
      expect(await signIns.find(userId, id)).toBeUndefined();
      expect(await sessions.find(userId, id)).toBeUndefined();
      expect(await signIns.endings(userId, id)).toEqual({ endedBefore: 1_700_000_000 });
      expect((await signIns.list(userId, { limit: 10 })).items).toEqual([]);
    });

    it('records nothing that was judged before it ended', async () => {
      const signIn = await record();
      await signIns.end(signIn.userId, signIn.id, 5, UNTIL);
      expect(await signIns.record(signIn, {})).toBe(false);
      expect(await signIns.record(signIn, { endedBefore: 5 })).toBe(true);
    });

    it('records nothing that was judged by an older mark', async () => {
      const { userId } = aSignIn();
      await signIns.setMark(userId, { id: 'one', before: 10 });
      const judged = await signIns.endings(userId, 'phone');
      expect(judged).toEqual({ mark: { id: 'one', before: 10 } });
      await signIns.setMark(userId, { id: 'two', before: 20 });
      expect(await signIns.record(aSignIn({ userId, id: 'phone' }), judged)).toBe(false);
      expect(await signIns.record(aSignIn({ userId, id: 'phone' }), {})).toBe(false);
      expect(await signIns.record(aSignIn({ userId, id: 'phone' }), await signIns.endings(userId, 'phone'))).toBe(true);
    });

    it('never lets a mark go back', async () => {
      const { userId } = aSignIn();
      await signIns.setMark(userId, { id: 'one', before: 20 });
      await signIns.setMark(userId, { id: 'two', before: 10 });
      expect(await signIns.endings(userId, 'any')).toEqual({ mark: { id: 'two', before: 20 } });
    });

    it('moves a sighting forward only, and never brings an ended sign-in back', async () => {
      const signIn = await record({ userAgent: 'old' });
      await signIns.find(signIn.userId, signIn.id);
      const later = { ...signIn, lastSeenAt: '2026-03-01T00:00:00.000Z', expiresAt: UNTIL, userAgent: 'new' };
      await signIns.touch(later);
      await signIns.touch({ ...signIn, lastSeenAt: '2026-02-01T00:00:00.000Z' });
      expect(await signIns.find(signIn.userId, signIn.id)).toEqual(later);
      await signIns.end(signIn.userId, signIn.id, 1, UNTIL);
      await signIns.touch({ ...later, lastSeenAt: '2026-04-01T00:00:00.000Z' });
      expect(await signIns.find(signIn.userId, signIn.id)).toBeUndefined();
    });

    it('lists the latest first, without skips or duplicates, others left out', async () => {
      const userId = randomUUID();
      const recorded: SignIn[] = [];
      for (let i = 0; i < 7; i += 1) recorded.push(await record({ userId, createdAt: `2026-01-0${(i % 3) + 1}T00:00:00.000Z` }));
      await record();
      const ended = recorded.pop() as SignIn;
      await signIns.end(userId, ended.id, 1, UNTIL);
      const expected = recorded.map(({ createdAt, id }) => `${createdAt}#${id}`).sort().reverse();
      const found: string[] = [];
      let after: { after: string } | undefined;
      do {
        const page = await signIns.list(userId, { limit: 4, after });
        expect(page.items.length).toBeLessThanOrEqual(4);
        found.push(...page.items.map(({ createdAt, id }) => `${createdAt}#${id}`));
        after = page.next;
      } while (after);
      expect(found).toEqual(expected);
    });

    it('lets exactly one of many first sightings be recorded', async () => {
      const signIn = aSignIn();
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => signIns.record(signIn, {})));
      expect(outcomes.filter(Boolean)).toHaveLength(1);
    });
  });
}
