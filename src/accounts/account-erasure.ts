import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { User } from '../auth/current-user.js';
import { Clock } from '../common/clock.js';
import { OwnedDocuments } from '../documents/erasure/owned-documents.js';
import { ProfileRepository } from '../profiles/profile.repository.js';
import { detached } from '../resilience/budget.js';
import { SignInsService } from '../sessions/sign-ins.service.js';
import { UserRecords, type Closure } from '../sessions/user-records.js';
import { RequestRecords } from './request-records.js';

/** Other tasks remember for 900 ms that a sign-in goes on; what they let in by then is erased, too. */
const SETTLED_MS = 1_000;
/** How long a request erases by itself; what is left then is the sweeper's. */
const BUDGET_MS = 4_000;
/** A PUT that began with a ticket's last second (15 min) may take hours on a slow line: bytes are looked for once more after it. */
const LATE_BYTES_MS = 7 * 60 * 60 * 1_000;

/** The end of an account: closed at once and durably, then erased, by this request where that is quick and by the sweeper otherwise. */
@Injectable()
export class AccountErasure {
  private readonly logger = new Logger('Accounts');

  constructor(
    private readonly signIns: SignInsService,
    private readonly records: UserRecords,
    private readonly profiles: ProfileRepository,
    private readonly documents: OwnedDocuments,
    private readonly requests: RequestRecords,
    private readonly clock: Clock,
  ) {}

  /** When it resolves, nothing of the user is shown to anybody, and nothing that is left can be lost sight of. */
  async erase(user: User, budgetMs = BUDGET_MS): Promise<void> {
    const { userId } = user;
    const closedAt = await this.signIns.close(user);
    await Promise.all([this.profiles.remove(userId), delay(SETTLED_MS)]);
    try {
      await detached(() => this.finish(userId, closedAt, AbortSignal.timeout(budgetMs)));
    } catch (error) {
      this.logger.log(`An erasure is left to the sweeper (${error instanceof Error ? error.name : 'unknown error'}).`);
    }
  }

  /** Erases what is left and lets the user begin anew. Repeatable. */
  async finish(userId: string, closedAt: string, signal?: AbortSignal): Promise<void> {
    await this.profiles.remove(userId);
    await this.documents.eraseAll(userId, signal);
    await this.requests.removeAll(userId);
    await this.records.removeAll(userId);
    await this.records.reopen(userId, closedAt, this.clock.timestamp(this.clock.now() + LATE_BYTES_MS));
  }

  /** The last look at an account that was erased: bytes that came late. Repeatable. */
  async settle(closure: Closure): Promise<void> {
    await this.documents.discardStrays(closure.userId);
    await this.records.settle(closure);
  }
}
