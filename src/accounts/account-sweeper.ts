import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import type { Sweeper, SweepOptions } from '../common/sweeper.js';
import { UserRecords, type Closure } from '../sessions/user-records.js';
import { AccountErasure } from './account-erasure.js';

export type AccountSweep = Record<'erasedAccounts' | 'settledAccounts' | 'failures', number>;

/** Finishes erasures: every step is safe to repeat, so that sweeps may run in parallel and be killed anywhere. */
@Injectable()
export class AccountSweeper implements Sweeper {
  constructor(
    private readonly records: UserRecords,
    private readonly erasure: AccountErasure,
    private readonly clock: Clock,
  ) {}

  async sweep({ dryRun = false, onProgress = () => undefined }: SweepOptions = {}): Promise<AccountSweep> {
    const report: AccountSweep = { erasedAccounts: 0, settledAccounts: 0, failures: 0 };
    for await (const closure of this.records.due(this.clock.timestamp())) {
      const outcome = closure.closedAt === undefined ? 'settledAccounts' : 'erasedAccounts';
      try {
        if (!dryRun) await this.finish(closure);
        report[outcome] += 1;
        onProgress({ outcome });
      } catch (error) {
        report.failures += 1;
        onProgress({ outcome: 'failures', error: error instanceof Error ? error.name : 'unknown error' });
      }
    }
    return report;
  }

  private finish(closure: Closure): Promise<void> {
    const { userId, closedAt } = closure;
    return closedAt === undefined ? this.erasure.settle(closure) : this.erasure.finish(userId, closedAt);
  }
}
