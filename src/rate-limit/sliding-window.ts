import { EXACT } from './rate-limits.js';

/** Requests that leave the window together, when the last of them does. Times in µs. */
interface Step {
  first: number;
  last: number;
  count: number;
}

/** One subject's window in this process's memory: the same steps as in the script of `sliding-window-script.ts`. */
export class SlidingWindow {
  private readonly steps: Step[] = [];
  private total = 0;

  constructor(
    private readonly limit: number,
    private readonly width: number,
  ) {}

  /** What could still be accepted at `now`. */
  remaining(now: number): number {
    for (let oldest = this.steps[0]; oldest && oldest.last + this.width <= now; oldest = this.steps[0]) {
      this.total -= oldest.count;
      this.steps.shift();
    }
    return this.limit - this.total;
  }

  /** µs until more remains. */
  wait(now: number): number {
    const [oldest] = this.steps;
    return oldest ? oldest.last + this.width - now : 0;
  }

  add(now: number): void {
    this.total += 1;
    const newest = this.steps.at(-1);
    const longest = this.limit > EXACT ? this.width / EXACT : 0;
    if (newest && now - newest.first <= longest) {
      newest.last = now;
      newest.count += 1;
    } else {
      this.steps.push({ first: now, last: now, count: 1 });
    }
  }

  giveBack(at: number): void {
    const index = this.steps.findIndex(({ first, last }) => first <= at && at <= last);
    const step = this.steps[index];
    if (!step) return;
    this.total -= 1;
    step.count -= 1;
    if (step.count === 0) this.steps.splice(index, 1);
  }
}
