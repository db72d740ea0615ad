import { beforeEach, describe, expect, it } from '@jest/globals';
import type { SessionRepository } from './session.repository.js';
import type { Session } from './session.js';
import { aSignIn } from './sign-in.repository.contract.js';
import type { SignInRepository } from './sign-in.repository.js';

const at = (day: number): string => `2026-01-${String(day).padStart(2, '0')}T00:00:00.000Z`;

/** The promises of `SessionRepository`, for every implementation of it. */
export function sessionRepositoryContract(name: string, make: () => Promise<{ signIns: SignInRepository; sessions: SessionRepository }>): void {
  describe(`${name} keeps the promises of SessionRepository`, () => {
    let sessions: SessionRepository;
    let signIns: SignInRepository;
    beforeEach(async () => {
      ({ signIns, sessions } = await make());
    });

    const begun = async (changes: Partial<Session> = {}): Promise<Session> => {
      const signIn = aSignIn();
      await signIns.record(signIn, {});
      return { userId: signIn.userId, signInId: signIn.id, data: {}, version: 1, createdAt: at(1), updatedAt: at(1), expiresAt: at(20), ...changes };
    };
    const found = ({ userId, signInId }: Session) => sessions.find(userId, signInId);

    it('finds nothing where nothing was stored', async () => {
      expect(await found(await begun())).toBeUndefined();
    });

    it('gives back exactly what was stored', async () => {
      const session = await begun({ data: { '': 1e300, nested: { list: [null, true, '', 'ä👩‍💻'] }, 'a#b': -0.5 } });
      await sessions.save(session);
      expect(await found(session)).toEqual(session);
    });

    it('replaces the expected version, and refuses another', async () => {
      const first = await begun({ data: { gone: true } });
      await sessions.save(first);
      await found(first);
      const second = { ...first, data: { kept: 1 }, version: 2, updatedAt: at(2) };
      await sessions.save(second, first);
      expect(await found(first)).toEqual(second);
      await expect(sessions.save({ ...first, version: 2, data: { late: 1 } }, first)).rejects.toMatchObject({ kind: 'stale' });
      await expect(sessions.save(first)).rejects.toMatchObject({ kind: 'stale' });
      expect(await found(first)).toEqual(second);
    });

    it('begins anew where the old has expired', async () => {
      const old = await begun({ expiresAt: at(5) });
      await sessions.save(old);
      await expect(sessions.save({ ...old, updatedAt: at(4) })).rejects.toMatchObject({ kind: 'stale' });
      const next = { ...old, createdAt: at(6), updatedAt: at(6), expiresAt: at(20) };
      await sessions.save(next);
      expect(await found(old)).toEqual(next);
      await expect(sessions.save({ ...old, version: 2 }, old)).rejects.toMatchObject({ kind: 'stale' });
    });

    it('lets exactly one of many racing writers win', async () => {
      const session = await begun();
      await sessions.save(session);
      const writes = Array.from({ length: 6 }, (_, i) => sessions.save({ ...session, version: 2, data: { i } }, session));
      expect((await Promise.allSettled(writes)).filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    it('slides without moving version or data, and leaves a newer one alone', async () => {
      const session = await begun({ data: { a: 1 } });
      await sessions.save(session);
      await found(session);
      await sessions.slide(session, at(25));
      expect(await found(session)).toEqual({ ...session, expiresAt: at(25) });
      await sessions.slide(session, at(28));
      expect((await found(session))?.expiresAt).toBe(at(25));
      await sessions.save({ ...session, version: 2 }, session);
      expect((await found(session))?.version).toBe(2);
    });

    it('stores nothing for a sign-in that has ended', async () => {
      const session = await begun();
      await sessions.save(session);
      await signIns.end(session.userId, session.signInId, 1, at(30));
      await expect(sessions.save(session)).rejects.toMatchObject({ kind: 'unauthenticated' });
      expect(await found(session)).toBeUndefined();
    });
  });
}
