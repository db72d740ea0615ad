import { KnownRefusals } from './known-refusals.js';
import type { LocalRateLimits } from './local-rate-limits.js';
import type { Policy } from './policies.js';
import type { RateLimitStats } from './rate-limit-stats.js';
import { RateLimits, type Verdict } from './rate-limits.js';

/** Counts in the cache, and by this task alone while the cache does not answer. Never rejects. */
export class FallbackRateLimits extends RateLimits {
  private readonly refusals = new KnownRefusals();

  constructor(
    private readonly shared: RateLimits | undefined,
    private readonly local: LocalRateLimits,
    private readonly stats: RateLimitStats,
  ) {
    super();
  }

  take(subject: string, policies: readonly Policy[]): Verdict | Promise<Verdict> {
    if (!this.shared) return this.takeLocally(subject, policies);
    const known = this.refused(subject, policies);
    if (known) return known;
    return (this.shared.take(subject, policies) as Promise<Verdict>).then(
      (verdict) => {
        this.refusals.learn(subject, verdict);
        return this.counted(verdict);
      },
      // What the cache has said of the others of a burst holds for those that it answered too late.
      () => this.refused(subject, policies) ?? this.takeLocally(subject, policies),
    );
  }

  /** What cannot be given back leaves by itself. */
  async giveBack(subject: string, policy: Policy, verdict: Verdict): Promise<void> {
    await (verdict.isLocal ? this.local : this.shared)?.giveBack(subject, policy, verdict).catch(() => undefined);
  }

  private refused(subject: string, policies: readonly Policy[]): Verdict | undefined {
    const known = this.refusals.find(subject, policies);
    return known && this.counted(known);
  }

  private takeLocally(subject: string, policies: readonly Policy[]): Verdict {
    this.stats.countedLocally += 1;
    return this.counted(this.local.take(subject, policies));
  }

  private counted(verdict: Verdict): Verdict {
    if (!verdict.granted) this.stats.refused += 1;
    return verdict;
  }
}
