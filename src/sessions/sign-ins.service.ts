import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { User } from '../auth/current-user.js';
import { SignInChecks } from '../auth/sign-in-checks.js';
import { signedInAt } from '../auth/sign-outs.js';
import { AppError } from '../common/app-error.js';
import { Clock } from '../common/clock.js';
import { Ids } from '../common/ids.js';
import type { Page } from '../common/page.js';
import { ENDED_MS, type Mark, type SignIn } from './sign-in.js';
import { SignInRepository, type SignInPageRequest, type SignInPosition } from './sign-in.repository.js';
import { UserPool } from './user-pool.js';

const PAGE = 100;
const AT_ONCE = 10;
const LONGEST_NAME = 255;

/** Active sign-ins of a user, and their end. */
@Injectable()
export class SignInsService {
  constructor(
    private readonly signIns: SignInRepository,
    private readonly pool: UserPool,
    private readonly checks: SignInChecks,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** What has not been seen for longer than a sign-in lives is left out. */
  async list(userId: string, page: SignInPageRequest): Promise<Page<SignIn, SignInPosition>> {
    const { items, next } = await this.signIns.list(userId, page);
    const now = this.clock.timestamp();
    return { items: items.filter(({ expiresAt }) => expiresAt > now), next };
  }

  /** Refused by this task when it resolves, by every other within a second. */
  async end(userId: string, id: string): Promise<void> {
    const isKnown = id.length <= LONGEST_NAME && (await this.endOne(userId, id));
    if (!isKnown) throw new AppError('not-found', 'There is no such sign-in.');
    this.checks.forget(userId);
  }

  /**
   * Ends every sign-in up to now, seen or not; the caller's own last, so that it can ask again if this is cut short. The mark is
   * in the pool's seconds, so this resolves in the second after it: whoever signs in after that is let in.
   */
  async endAll(user: User): Promise<void> {
    await this.markAndEnd(user, {});
  }

  /** The same, and lets no sign-in begin until the account is erased. Resolves to when it was closed. */
  async close(user: User): Promise<string> {
    const closedAt = this.clock.timestamp();
    await this.markAndEnd(user, { closedAt });
    return closedAt;
  }

  private async markAndEnd(user: User, closing: Pick<Mark, 'closedAt'>): Promise<void> {
    const before = Math.max(this.nowSeconds(), user.issuedAt, signedInAt(user));
    const isToldToPool = this.pool.signOutEverywhere(user.token);
    const mark: Mark = { id: this.ids.next(), before, ...closing };
    await this.signIns.setMark(user.userId, mark);
    await this.endKnown(user, mark.id);
    this.checks.forget(user.userId);
    await Promise.all([isToldToPool, this.secondAfter(before)]);
  }

  /** All sign-ins that were recorded before the mark was set. */
  private async endKnown({ userId, signInId }: User, markId: string): Promise<void> {
    let after: SignInPosition | undefined;
    do {
      const { items, next } = await this.signIns.list(userId, { limit: PAGE, after });
      const others = items.filter((signIn) => signIn.markId !== markId && signIn.id !== signInId);
      for (let i = 0; i < others.length; i += AT_ONCE) {
        await Promise.all(others.slice(i, i + AT_ONCE).map(({ id }) => this.endOne(userId, id)));
      }
      after = next;
    } while (after);
    await this.endOne(userId, signInId);
  }

  private endOne(userId: string, id: string): Promise<boolean> {
    return this.signIns.end(userId, id, this.nowSeconds(), this.clock.timestamp(this.clock.now() + ENDED_MS));
  }

  private async secondAfter(second: number): Promise<void> {
    await delay(Math.min(1_000, Math.max(0, (second + 1) * 1_000 - this.clock.now())));
  }

  private nowSeconds(): number {
    return Math.floor(this.clock.now() / 1_000);
  }
}
