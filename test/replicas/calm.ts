/** Lets any number of things that need the cache in peace go on together, or one fault of the cache, and never both. */
export class Calm {
  private quiet = 0;
  private faults = 0;
  private readonly waiting: (() => void)[] = [];

  /** Carries something out with no fault of the cache meanwhile. */
  async during<T>(act: () => Promise<T>): Promise<T> {
    while (this.faults > 0) await this.change();
    this.quiet += 1;
    try {
      return await act();
    } finally {
      this.quiet -= 1;
      this.wake();
    }
  }

  /** A fault begins when nobody needs peace, and lasts until the returned function is called. */
  async disturb(): Promise<() => void> {
    while (this.quiet > 0) await this.change();
    this.faults += 1;
    return () => {
      this.faults -= 1;
      this.wake();
    };
  }

  private change(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private wake(): void {
    for (const resume of this.waiting.splice(0)) resume();
  }
}
