import { Injectable } from '@nestjs/common';
import { isKind } from '../common/app-error.js';
import { Clock } from '../common/clock.js';
import { SoftState } from '../common/soft-state.js';
import { detached } from '../resilience/budget.js';
import type { User } from './current-user.js';
import { signedInAt, SignOuts } from './sign-outs.js';

/** A sign-out must be seen by every task within a second; counted from the moment of asking, so that a slow answer is no older. */
const MAX_AGE_MS = 900;
const MAX_SIGN_INS = 10_000;

interface Verdict {
  userId: string;
  signedInAt: number;
  askedAt: number;
  answer: boolean | Promise<boolean>;
}

/** Whether sign-ins go on: asked at most once per sign-in, task and 900 ms. */
@SoftState({
  holds: 'whether recent sign-ins go on',
  bound: '10,000 sign-ins, the ones asked about longest ago leave first',
  maxAge: '900 ms',
  ifLost: 'nothing: it is asked again',
})
@Injectable()
export class SignInChecks {
  private readonly verdicts = new Map<string, Verdict>();

  constructor(
    private readonly signOuts: SignOuts,
    private readonly clock: Clock,
  ) {}

  /** Without a promise when it is known. Rejects with `AppError('unavailable')` when it cannot be known. */
  isSignedIn(user: User, userAgent?: string): boolean | Promise<boolean> {
    const known = this.verdicts.get(user.signInId);
    if (known === undefined || known.userId !== user.userId || known.signedInAt !== signedInAt(user)) return this.ask(user, userAgent);
    const age = this.clock.now() - known.askedAt;
    return age >= 0 && age < MAX_AGE_MS ? known.answer : this.ask(user, userAgent);
  }

  /** To be called after a sign-out was stored, so that this task sees it at once. Checks under way are not remembered. */
  forget(userId: string): void {
    for (const [signInId, verdict] of this.verdicts) {
      if (verdict.userId === userId) this.verdicts.delete(signInId);
    }
  }

  private ask(user: User, userAgent?: string): Promise<boolean> {
    const { userId, signInId } = user;
    const askedAt = this.clock.now();
    // Shared with other requests of the sign-in: it must not end with this one.
    const answer = detached(() => this.answerFor(user, userAgent));
    const verdict: Verdict = { userId, signedInAt: signedInAt(user), askedAt, answer };
    this.verdicts.delete(signInId);
    if (this.verdicts.size >= MAX_SIGN_INS) this.dropOldest();
    this.verdicts.set(signInId, verdict);
    answer.then(
      (isSignedIn) => (verdict.answer = isSignedIn),
      () => this.verdicts.get(signInId) === verdict && this.verdicts.delete(signInId),
    );
    return answer;
  }

  private async answerFor(user: User, userAgent?: string): Promise<boolean> {
    try {
      await this.signOuts.check(user, userAgent);
      return true;
    } catch (error) {
      if (isKind(error, 'unauthenticated')) return false;
      throw error;
    }
  }

  private dropOldest(): void {
    const oldest = this.verdicts.keys().next();
    if (!oldest.done) this.verdicts.delete(oldest.value);
  }
}
