import { SoftState } from '../common/soft-state.js';

export interface BreakerOptions {
  /** Failures in a row that open it. */
  threshold: number;
  /** How long they must have lasted: many calls that fail together may be one hiccup. */
  lastingMs: number;
  /** The shortest pause between two probes; up to twice of it with jitter. */
  probeMs: number;
}

export const BREAKER: BreakerOptions = { threshold: 3, lastingMs: 100, probeMs: 400 };

/**
 * Stops calls to something that keeps failing. While it is open a probe of its own asks, so that no caller has to be the
 * one who finds out; the first probe that succeeds closes it.
 */
@SoftState({
  holds: 'the failures in a row of the cache, and whether calls to it are stopped',
  bound: 'two numbers, one timer',
  maxAge: 'one probe: under a second',
  ifLost: 'nothing: the next task finds out by itself',
})
export class CircuitBreaker {
  private failures = 0;
  private failingSince = 0;
  private timer?: NodeJS.Timeout;
  private stopped = false;
  isOpen = false;

  constructor(
    private readonly probe: () => Promise<unknown>,
    private readonly onChange: (isOpen: boolean) => void,
    private readonly options: BreakerOptions = BREAKER,
  ) {}

  succeeded(): void {
    this.failures = 0;
  }

  failed(): void {
    const now = performance.now();
    if (this.failures === 0) this.failingSince = now;
    this.failures += 1;
    const { threshold, lastingMs } = this.options;
    if (this.isOpen || this.stopped || this.failures < threshold || now - this.failingSince < lastingMs) return;
    this.isOpen = true;
    this.onChange(true);
    this.schedule();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.tryAgain(), this.options.probeMs * (1 + Math.random()));
    this.timer.unref();
  }

  private async tryAgain(): Promise<void> {
    try {
      await this.probe();
    } catch {
      this.schedule();
      return;
    }
    if (this.stopped) return;
    this.failures = 0;
    this.isOpen = false;
    this.onChange(false);
  }
}
