/** Wall-clock time, injected so that a test can hold it still. */
export abstract class Clock {
  /** Milliseconds since the Unix epoch. */
  abstract now(): number;

  /** RFC 3339 in UTC with milliseconds. */
  timestamp(at: number = this.now()): string {
    return new Date(at).toISOString();
  }
}

export class SystemClock extends Clock {
  now(): number {
    return Date.now();
  }
}
