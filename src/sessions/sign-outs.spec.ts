import { beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { User } from '../auth/current-user.js';
import { SignInChecks } from '../auth/sign-in-checks.js';
import { Clock } from '../common/clock.js';
import { UuidIds } from '../common/ids.js';
import { MemorySignInRepository } from './memory-sign-in.repository.js';
import { SessionSignOuts } from './session-sign-outs.js';
import { userAgentOf } from './sign-in.js';
import { SignInsService } from './sign-ins.service.js';
import { UserPool } from './user-pool.js';

const MINUTE = 60_000;
const SECOND = 1_790_000_000;

class StoppedClock extends Clock {
  at = SECOND * 1_000 + 999;
  now(): number {
    return this.at;
  }
}

class RefusingPool extends UserPool {
  told: string[] = [];
  async signOutEverywhere(accessToken: string): Promise<boolean> {
    this.told.push(accessToken);
    return false;
  }
}

class CountedSignIns extends MemorySignInRepository {
  touches = 0;
  failure?: Error;
  override find(...of: Parameters<MemorySignInRepository['find']>) {
    return this.failure ? Promise.reject(this.failure) : super.find(...of);
  }
  override touch(...of: Parameters<MemorySignInRepository['touch']>) {
    this.touches += 1;
    return super.touch(...of);
  }
}

const refused = expect.objectContaining({ kind: 'unauthenticated' });

describe('sign-outs', () => {
  let clock: StoppedClock;
  let signIns: CountedSignIns;
  let pool: RefusingPool;
  let signOuts: SessionSignOuts;
  let checks: SignInChecks;
  let service: SignInsService;
  beforeEach(() => {
    clock = new StoppedClock();
    signIns = new CountedSignIns();
    pool = new RefusingPool();
    signOuts = new SessionSignOuts(signIns, clock);
    checks = new SignInChecks(signOuts, clock);
    service = new SignInsService(signIns, pool, checks, new UuidIds(), clock);
  });

  const userId = 'ada';
  const aUser = (changes: Partial<User> = {}): User => ({
    userId,
    signInId: randomUUID(),
    username: 'ada',
    groups: [],
    isAdmin: false,
    issuedAt: SECOND - 60,
    authTime: SECOND - 60,
    expiresAt: SECOND + 3_600,
    token: 'secret',
    ...changes,
  });

  it('record a sign-in the first time it is seen, and later sightings every five minutes at most', async () => {
    const phone = aUser();
    await signOuts.check(phone, 'Phone/1.0\u0000\u202e');
    const [first] = (await service.list(userId, { limit: 10 })).items;
    expect(first).toMatchObject({ id: phone.signInId, userAgent: 'Phone/1.0', createdAt: clock.timestamp(), lastSeenAt: clock.timestamp() });
    clock.at += 5 * MINUTE - 1;
    await signOuts.check(phone, 'Phone/2.0');
    expect(signIns.touches).toBe(0);
    clock.at += 1;
    for (let i = 0; i < 3; i += 1) await signOuts.check(phone, 'Phone/2.0');
    expect(signIns.touches).toBe(1);
    const [seen] = (await service.list(userId, { limit: 10 })).items;
    expect(seen).toMatchObject({ userAgent: 'Phone/2.0', createdAt: first?.createdAt, lastSeenAt: clock.timestamp() });
  });

  it('leave out of the list what was not seen for thirty days, and let it come back', async () => {
    const phone = aUser();
    await signOuts.check(phone);
    clock.at += 30 * 24 * 60 * MINUTE;
    expect((await service.list(userId, { limit: 10 })).items).toEqual([]);
    await signOuts.check(phone);
    expect((await service.list(userId, { limit: 10 })).items).toHaveLength(1);
  });

  it('end one sign-in for good, refreshed tokens too, and no other', async () => {
    const [phone, laptop] = [aUser(), aUser()];
    for (const user of [phone, laptop]) expect(await checks.isSignedIn(user)).toBe(true);
    await service.end(userId, phone.signInId);
    expect(await checks.isSignedIn(phone)).toBe(false);
    expect(await checks.isSignedIn({ ...phone, issuedAt: SECOND + 1_000_000 })).toBe(false);
    expect(await checks.isSignedIn(laptop)).toBe(true);
    await service.end(userId, phone.signInId);
  });

  it.each(['', 'nonsense', 'x'.repeat(2_000), randomUUID()])('know no sign-in %j', async (id) => {
    await expect(service.end(userId, id)).rejects.toEqual(expect.objectContaining({ kind: 'not-found' }));
  });

  it("leave other users' sign-ins alone", async () => {
    const eve = aUser({ userId: 'eve' });
    await signOuts.check(eve);
    await expect(service.end(userId, eve.signInId)).rejects.toEqual(expect.objectContaining({ kind: 'not-found' }));
    await service.endAll(aUser());
    await signOuts.check(eve);
  });

  it('everywhere refuse seen and unseen sign-ins, refreshed tokens too, and let a later sign-in in', async () => {
    const [seen, asking, unseen] = [aUser(), aUser(), aUser({ authTime: SECOND, issuedAt: SECOND })];
    for (const user of [seen, asking]) await signOuts.check(user);
    await service.endAll(asking);
    for (const user of [seen, asking, unseen, { ...unseen, issuedAt: SECOND + 900 }, aUser({ authTime: undefined, issuedAt: 0 })]) {
      await expect(signOuts.check(user)).rejects.toEqual(refused);
    }
    await signOuts.check(aUser({ authTime: SECOND + 1, issuedAt: SECOND + 1 }));
    expect((await service.list(userId, { limit: 10 })).items).toHaveLength(1);
    expect(pool.told).toEqual(['secret']);
  });

  it('everywhere answer no earlier than in the second after the mark, so that the next sign-in is after it', async () => {
    clock.at = SECOND * 1_000 + 700;
    const from = performance.now();
    await service.endAll(aUser());
    expect(performance.now() - from).toBeGreaterThanOrEqual(295);
  });

  it.each([10, -10])("hold when the pool's clock is %i minutes off ours", async (minutes) => {
    const there = SECOND + minutes * 60;
    const [seen, asking] = [aUser({ authTime: there, issuedAt: there }), aUser({ authTime: there, issuedAt: there })];
    for (const user of [seen, asking]) await signOuts.check(user);
    await service.endAll(asking);
    for (const user of [seen, asking, aUser({ authTime: there, issuedAt: there })]) await expect(signOuts.check(user)).rejects.toEqual(refused);
  });

  it('everywhere end more sign-ins than one page holds', async () => {
    const users = Array.from({ length: 230 }, () => aUser());
    for (const user of users) await signOuts.check(user);
    await service.endAll(users[0] as User);
    expect((await service.list(userId, { limit: 10 })).items).toEqual([]);
    expect(await signIns.endings(userId, users[229]?.signInId ?? '')).toMatchObject({ endedBefore: SECOND });
  });

  it('end a sign-in that is named by its user up to now, not for ever', async () => {
    const nameless = (at: number) => aUser({ signInId: userId, authTime: undefined, issuedAt: at });
    expect(await checks.isSignedIn(nameless(SECOND - 5))).toBe(true);
    await service.end(userId, userId);
    expect(await checks.isSignedIn(nameless(SECOND - 5))).toBe(false);
    expect(await checks.isSignedIn(nameless(SECOND + 5))).toBe(true);
    expect(await checks.isSignedIn(nameless(SECOND - 5))).toBe(false);
  });

  it('say "unavailable" when they cannot know', async () => {
    signIns.failure = Object.assign(new Error('stateless-local-sessions'), { name: 'ResourceNotFoundException' });
    await expect(signOuts.check(aUser())).rejects.toEqual(expect.objectContaining({ kind: 'unavailable' }));
  });
});

describe('the name of a client', () => {
  it('is cut and made printable', () => {
    expect(userAgentOf(undefined)).toBeUndefined();
    expect(userAgentOf(' \u0000\u202e ')).toBeUndefined();
    expect(userAgentOf('Mozilla/5.0 \u00e4\u0007 (X11)')).toBe('Mozilla/5.0   (X11)');
    expect(userAgentOf('x'.repeat(5_000))).toHaveLength(256);
  });
});
