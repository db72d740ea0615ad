/** No decorator: it lives long because a factory provider makes it. */
export class TokenBucket {
  private tokens: number; // planted
  private refilledAt = Date.now(); // planted

  constructor(private readonly size: number) {
    this.tokens = size;
  }

  take(): boolean {
    const now = Date.now();
    const fresh = Math.floor((now - this.refilledAt) / 1_000);
    if (fresh > 0) {
      this.tokens = Math.min(this.size, this.tokens + fresh);
      this.refilledAt = now;
    }
    return this.tokens-- > 0;
  }
}
