import { SoftState } from '../common/soft-state.js';
import type { Policy } from './policies.js';
import { RateLimits, type Verdict } from './rate-limits.js';
import { SlidingWindow } from './sliding-window.js';

const MOST = 10_000;

/** Counted by this task alone, without a promise: for when there is no cache, or it does not answer. */
@SoftState({
  holds: 'request counts of users and addresses, while the cache cannot be asked',
  bound: '10,000 windows of at most 66 steps; the ones used longest ago leave first',
  maxAge: 'one rate-limit window',
  ifLost: 'their windows begin again',
})
export class LocalRateLimits extends RateLimits {
  private readonly windows = new Map<string, SlidingWindow>();

  constructor(private readonly nowMs: () => number = () => performance.now()) {
    super();
  }

  take(subject: string, policies: readonly Policy[]): Verdict {
    const at = this.nowMs() * 1_000;
    const windows = policies.map((policy) => this.windowOf(subject, policy));
    const granted = windows.every((window) => window.remaining(at) > 0);
    if (granted) for (const window of windows) window.add(at);
    const budgets = policies.map((policy, i) => {
      const window = windows[i] as SlidingWindow;
      return { policy, remaining: window.remaining(at), waitMs: window.wait(at) / 1_000 };
    });
    return { granted, budgets, at, isLocal: true };
  }

  async giveBack(subject: string, { name }: Policy, { at }: Verdict): Promise<void> {
    this.windows.get(`${subject}:${name}`)?.giveBack(at);
  }

  private windowOf(subject: string, { name, limit, windowSeconds }: Policy): SlidingWindow {
    const key = `${subject}:${name}`;
    const known = this.windows.get(key);
    if (known) this.windows.delete(key);
    else if (this.windows.size >= MOST) this.dropOldest();
    const window = known ?? new SlidingWindow(limit, windowSeconds * 1_000_000);
    this.windows.set(key, window);
    return window;
  }

  private dropOldest(): void {
    const oldest = this.windows.keys().next();
    if (!oldest.done) this.windows.delete(oldest.value);
  }
}
