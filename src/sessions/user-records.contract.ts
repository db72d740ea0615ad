import { beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { SessionRepository } from './session.repository.js';
import { aSignIn } from './sign-in.repository.contract.js';
import type { SignInRepository } from './sign-in.repository.js';
import type { UserRecords } from './user-records.js';

export interface SessionStores {
  signIns: SignInRepository;
  sessions: SessionRepository;
  records: UserRecords;
}

const at = (day: number): string => `2026-01-${String(day).padStart(2, '0')}T00:00:00.000Z`;

/** The promises of `UserRecords`, for every implementation of it. */
export function userRecordsContract(name: string, make: () => Promise<SessionStores>): void {
  describe(`${name} keeps the promises of UserRecords`, () => {
    let stores: SessionStores;
    let userId: string;
    beforeEach(async () => {
      stores = await make();
      userId = randomUUID();
    });

    const begin = async (id: string, of = userId) => {
      await stores.signIns.record(aSignIn({ userId: of, id }), {});
      await stores.sessions.save({ userId: of, signInId: id, data: { id }, version: 1, createdAt: at(1), updatedAt: at(1), expiresAt: at(30) });
    };
    const dueOf = async (now: string) => {
      const found = [];
      for await (const closure of stores.records.due(now)) if (closure.userId === userId) found.push(closure);
      return found;
    };
    const close = (closedAt: string) => stores.signIns.setMark(userId, { id: randomUUID(), before: 1, closedAt });

    it('has all of a user, and of no other', async () => {
      await begin('phone');
      await begin('laptop');
      await begin('foreign', randomUUID());
      const found: string[] = [];
      for await (const { id } of stores.records.signIns(userId)) found.push(id);
      for await (const { data } of stores.records.sessions(userId)) found.push(JSON.stringify(data));
      expect(found.toSorted()).toEqual(['laptop', 'phone', '{"id":"laptop"}', '{"id":"phone"}']);
    });

    it('removes all but the mark, again and again', async () => {
      await begin('phone');
      await begin('laptop');
      await stores.signIns.find(userId, 'phone');
      await stores.sessions.find(userId, 'phone');
      await stores.signIns.end(userId, 'laptop', 1, at(30));
      await stores.signIns.setMark(userId, { id: 'mark', before: 5 });
      for (let i = 0; i < 2; i += 1) await stores.records.removeAll(userId);
      expect(await stores.signIns.find(userId, 'phone')).toBeUndefined();
      expect(await stores.sessions.find(userId, 'phone')).toBeUndefined();
      expect(await stores.signIns.endings(userId, 'laptop')).toEqual({ mark: { id: 'mark', before: 5 } });
    });

    it('is closed from the mark until it is opened again, and then due once more', async () => {
      expect(await stores.records.isClosed(userId)).toBe(false);
      await close(at(2));
      expect(await stores.records.isClosed(userId)).toBe(true);
      expect((await stores.signIns.endings(userId, 'any')).mark?.closedAt).toBe(at(2));
      expect(await dueOf(at(1))).toEqual([]);
      expect(await dueOf(at(2))).toEqual([{ userId, closedAt: at(2), dueAt: at(2) }]);
      await stores.records.reopen(userId, at(2), at(5));
      expect(await stores.records.isClosed(userId)).toBe(false);
      expect(await dueOf(at(4))).toEqual([]);
      const [last] = await dueOf(at(6));
      expect(last).toEqual({ userId, dueAt: at(5) });
      for (let i = 0; i < 2; i += 1) await stores.records.settle(last!);
      expect(await dueOf(at(30))).toEqual([]);
    });

    it('stays closed when it was closed anew meanwhile, or is only marked', async () => {
      await close(at(2));
      await close(at(3));
      await stores.records.reopen(userId, at(2), at(5));
      await stores.signIns.setMark(userId, { id: 'everywhere', before: 9 });
      await stores.records.settle({ userId, dueAt: at(3) });
      expect(await dueOf(at(3))).toEqual([{ userId, closedAt: at(3), dueAt: at(3) }]);
    });
  });
}
