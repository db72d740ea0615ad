import { Injectable } from '@nestjs/common';
import { SoftState } from '../common/soft-state.js';

interface Need {
  /** What a client or an operator is told while it is not met: no names of tables, hosts or secrets. */
  reason: string;
  isMet: () => boolean;
}

/** Where the process is in its life: starting, until all needs were met once, then serving, then draining. */
@SoftState({ holds: 'whether the task has started and whether it is draining', bound: 'two flags', maxAge: 'until the process ends', ifLost: 'nothing' })
@Injectable()
export class Lifecycle {
  private readonly needs: Need[] = [];
  private started = false;
  private draining = false;

  get isDraining(): boolean {
    return this.draining;
  }

  drain(): void {
    this.draining = true;
  }

  /** Without it the task does not begin to serve. What is lost later does not unready a task: all would go at once. */
  require(need: Need): void {
    this.needs.push(need);
  }

  /** Why requests are not served yet; undefined once they are, also while draining. */
  startingReason(): string | undefined {
    if (this.started) return undefined;
    const missing = this.needs.find(({ isMet }) => !isMet());
    if (missing) return missing.reason;
    this.started = true;
    return undefined;
  }
}
