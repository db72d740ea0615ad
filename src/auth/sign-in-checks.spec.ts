import { beforeEach, describe, expect, it } from '@jest/globals';
import { AppError } from '../common/app-error.js';
import type { User } from './current-user.js';
import { StoppedClock } from './memory-app.js';
import { SignInChecks } from './sign-in-checks.js';
import { SignOuts } from './sign-outs.js';

class KnownSignOuts extends SignOuts {
  asked = 0;
  ended = new Set<string>();
  gate: Promise<void> = Promise.resolve();
  failure?: Error;
  async check({ signInId }: User): Promise<void> {
    this.asked += 1;
    const hasEnded = this.ended.has(signInId);
    await this.gate;
    if (this.failure) throw this.failure;
    if (hasEnded) throw new AppError('unauthenticated', 'ended');
  }
}

const ada = { userId: 'ada', signInId: 'phone' } as User;

describe('sign-in checks', () => {
  let clock: StoppedClock;
  let signOuts: KnownSignOuts;
  let checks: SignInChecks;
  beforeEach(() => {
    clock = new StoppedClock();
    signOuts = new KnownSignOuts();
    checks = new SignInChecks(signOuts, clock);
  });

  it('answers without a promise for 900 ms, then asks again', async () => {
    expect(await checks.isSignedIn(ada)).toBe(true);
    clock.at += 899;
    expect(checks.isSignedIn(ada)).toBe(true);
    expect(signOuts.asked).toBe(1);
    signOuts.ended.add('phone');
    clock.at += 1;
    expect(await checks.isSignedIn(ada)).toBe(false);
    expect(checks.isSignedIn(ada)).toBe(false);
    expect(signOuts.asked).toBe(2);
  });

  it('counts the age of a slow answer from the question', async () => {
    let open = () => {};
    signOuts.gate = new Promise((resolve) => (open = resolve));
    const first = checks.isSignedIn(ada);
    clock.at += 800;
    open();
    expect(await first).toBe(true);
    signOuts.ended.add('phone');
    clock.at += 100;
    expect(await checks.isSignedIn(ada)).toBe(false);
  });

  it('asks once for many requests at the same time', async () => {
    const answers = Array.from({ length: 50 }, async () => checks.isSignedIn(ada));
    expect(new Set(await Promise.all(answers))).toEqual(new Set([true]));
    expect(signOuts.asked).toBe(1);
  });

  it('forgets every sign-in of a user at once, and of nobody else', async () => {
    const tablet = { ...ada, signInId: 'tablet' };
    const eve = { userId: 'eve', signInId: 'laptop' } as User;
    for (const user of [ada, tablet, eve]) await checks.isSignedIn(user);
    for (const id of ['phone', 'tablet', 'laptop']) signOuts.ended.add(id);
    checks.forget('ada');
    expect(await checks.isSignedIn(ada)).toBe(false);
    expect(await checks.isSignedIn(tablet)).toBe(false);
    expect(checks.isSignedIn(eve)).toBe(true);
  });

  it('does not remember an answer that was under way when the user was forgotten', async () => {
    let open = () => {};
    signOuts.gate = new Promise((resolve) => (open = resolve));
    const early = checks.isSignedIn(ada);
    signOuts.ended.add('phone');
    checks.forget('ada');
    const late = checks.isSignedIn(ada);
    open();
    expect(await early).toBe(true);
    expect(await late).toBe(false);
    expect(await checks.isSignedIn(ada)).toBe(false);
  });

  it('passes on that it cannot know, and asks again for the next request', async () => {
    signOuts.failure = new AppError('unavailable', 'no answer');
    await expect(checks.isSignedIn(ada)).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(checks.isSignedIn(ada)).rejects.toMatchObject({ kind: 'unavailable' });
    signOuts.failure = undefined;
    expect(await checks.isSignedIn(ada)).toBe(true);
    expect(signOuts.asked).toBe(3);
  });

  it('keeps a newer answer when an older question fails at last', async () => {
    let open = () => {};
    signOuts.gate = new Promise((resolve) => (open = resolve));
    signOuts.failure = new AppError('unavailable', 'no answer');
    const early = Promise.resolve(checks.isSignedIn(ada)).catch((error: AppError) => error.kind);
    clock.at += 900;
    signOuts.gate = Promise.resolve();
    signOuts.failure = undefined;
    expect(await checks.isSignedIn(ada)).toBe(true);
    signOuts.failure = new AppError('unavailable', 'no answer');
    open();
    expect(await early).toBe('unavailable');
    expect(checks.isSignedIn(ada)).toBe(true);
  });

  it('keeps users apart whose sign-ins have the same name', async () => {
    await checks.isSignedIn(ada);
    signOuts.ended.add('phone');
    expect(await checks.isSignedIn({ ...ada, userId: 'eve' })).toBe(false);
  });

  it('asks again when the clock is set back', async () => {
    await checks.isSignedIn(ada);
    clock.at -= 1;
    await checks.isSignedIn(ada);
    expect(signOuts.asked).toBe(2);
  });

  it('holds 10,000 sign-ins', async () => {
    const users = Array.from({ length: 10_001 }, (_, i) => ({ userId: `u${i}`, signInId: `s${i}` }) as User);
    for (const user of users) await checks.isSignedIn(user);
    expect(checks.isSignedIn(users[10_000]!)).toBe(true);
    expect(checks.isSignedIn(users[1]!)).toBe(true);
    expect(typeof checks.isSignedIn(users[0]!)).toBe('object');
  });
});
