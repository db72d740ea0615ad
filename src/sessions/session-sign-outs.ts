import { Injectable, Logger } from '@nestjs/common';
import type { User } from '../auth/current-user.js';
import { signedInAt, signInEnded, SignOuts } from '../auth/sign-outs.js';
import { AppError, toUnavailable } from '../common/app-error.js';
import { Clock } from '../common/clock.js';
import { detached } from '../resilience/budget.js';
import { SIGHTING_MS, SIGN_IN_MS, userAgentOf, type Endings, type SignIn } from './sign-in.js';
import { SignInRepository } from './sign-in.repository.js';

const ATTEMPTS = 4;

/**
 * Answers for every request of a known sign-in with one cached read. The first request of a sign-in is judged by what has
 * ended, and recorded before it goes on, so that the list of sign-ins and "everywhere" know it. See docs/adr/0007-sign-out.md.
 */
@Injectable()
export class SessionSignOuts extends SignOuts {
  private readonly logger = new Logger('SignOuts');

  constructor(
    private readonly signIns: SignInRepository,
    private readonly clock: Clock,
  ) {
    super();
  }

  async check(user: User, userAgent?: string): Promise<void> {
    try {
      await this.admit(user, userAgentOf(userAgent));
    } catch (error) {
      throw error instanceof AppError ? error : toUnavailable(error);
    }
  }

  private async admit(user: User, userAgent: string | undefined): Promise<void> {
    const { userId, signInId } = user;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const known = await this.signIns.find(userId, signInId);
      if (known) {
        // Only tokens without `origin_jti` and `jti` can be older than the sign-in that they share a name with.
        if (signedInAt(user) <= known.after) throw signInEnded();
        return this.touchWhenDue(known, userAgent);
      }
      const endings = await this.signIns.endings(userId, signInId);
      if (hasEnded(user, endings)) throw signInEnded();
      if (endings.mark?.closedAt !== undefined) throw beingErased();
      if (await this.signIns.record(this.firstSighting(user, userAgent, endings), endings)) return;
    }
    throw toUnavailable();
  }

  private firstSighting({ userId, signInId }: User, userAgent: string | undefined, endings: Endings): SignIn {
    const now = this.clock.now();
    const at = this.clock.timestamp(now);
    return {
      userId,
      id: signInId,
      createdAt: at,
      lastSeenAt: at,
      expiresAt: this.clock.timestamp(now + SIGN_IN_MS),
      ...(userAgent !== undefined && { userAgent }),
      after: Math.max(endings.mark?.before ?? -1, endings.endedBefore ?? -1),
      ...(endings.mark && { markId: endings.mark.id }),
    };
  }

  /** Nobody waits for it: that a sighting gets lost is noticed by nobody. */
  private touchWhenDue(known: SignIn, userAgent: string | undefined): void {
    const now = this.clock.now();
    if (now - Date.parse(known.lastSeenAt) < SIGHTING_MS) return;
    const seen = { lastSeenAt: this.clock.timestamp(now), expiresAt: this.clock.timestamp(now + SIGN_IN_MS) };
    const sighting = { ...known, ...seen, ...(userAgent !== undefined && { userAgent }) };
    detached(() => this.signIns.touch(sighting)).catch((error: unknown) => {
      this.logger.warn(`A sighting was not recorded: ${error instanceof Error ? error.name : 'unknown error'}`);
    });
  }
}

const beingErased = (): AppError =>
  new AppError('conflict', 'This account is being erased. Try again in a moment.', { headers: { 'Retry-After': '10' } });

/** A name that is the user's own is shared by sign-ins of many times; every other names one, and ends for good. */
const hasEnded = (user: User, { mark, endedBefore }: Endings): boolean =>
  (mark !== undefined && signedInAt(user) <= mark.before) ||
  (endedBefore !== undefined && (user.signInId !== user.userId || signedInAt(user) <= endedBefore));
