import { SoftState } from '../common/soft-state.js';
import type { Policy } from './policies.js';
import type { Budget, Verdict } from './rate-limits.js';

const MOST = 10_000;

/**
 * Budgets that are used up, and until when. Nothing can make room in a window before its oldest step has left, so that asking
 * again earlier is needless: a flood costs the cache one question, and no handler is begun for it.
 */
@SoftState({
  holds: 'which budgets are used up, and until when',
  bound: '10,000 budgets, the oldest leave first',
  maxAge: 'one rate-limit window',
  ifLost: 'nothing: the cache is asked again',
})
export class KnownRefusals {
  private readonly until = new Map<string, number>();

  /** The refusal of a request that needs no asking. */
  find(subject: string, policies: readonly Policy[]): Verdict | undefined {
    if (this.until.size === 0) return undefined;
    const now = performance.now();
    const budgets: Budget[] = [];
    for (const policy of policies) {
      const waitMs = (this.until.get(keyOf(subject, policy)) ?? 0) - now;
      if (waitMs > 0) budgets.push({ policy, remaining: 0, waitMs });
      else this.until.delete(keyOf(subject, policy));
    }
    return budgets.length > 0 ? { granted: false, budgets, at: 0, isLocal: false } : undefined;
  }

  /** Guesses can be given back, which makes room earlier: they are always asked for. */
  learn(subject: string, { granted, budgets }: Verdict): void {
    if (granted) return;
    for (const { policy, remaining, waitMs } of budgets) {
      if (remaining > 0 || policy.name === 'guesses') continue;
      if (this.until.size >= MOST) this.dropOldest();
      this.until.set(keyOf(subject, policy), performance.now() + waitMs);
    }
  }

  private dropOldest(): void {
    const oldest = this.until.keys().next();
    if (!oldest.done) this.until.delete(oldest.value);
  }
}

const keyOf = (subject: string, { name }: Policy): string => `${subject}:${name}`;
