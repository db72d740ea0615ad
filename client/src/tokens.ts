/**
 * Gives the access token. Asked before every request, so keep it somewhere. Asked again with the token that was refused after
 * a 401: refresh it then, once for all requests that wait; undefined means that nobody is signed in any more.
 */
export type TokenProvider = (refused?: string) => string | undefined | Promise<string | undefined>;

/** One refresh at a time, and none for a token that has been replaced already. */
export class Tokens {
  private refreshing?: { refused: string; next: Promise<string | undefined> };

  constructor(private readonly provide: TokenProvider = () => undefined) {}

  async current(): Promise<string | undefined> {
    return this.refreshing ? this.refreshing.next : this.provide();
  }

  /** Another token instead of the refused one; undefined when there is none. */
  async instead(refused: string): Promise<string | undefined> {
    if (this.refreshing?.refused !== refused) {
      const latest = await this.current();
      if (latest !== undefined && latest !== refused) return latest;
    }
    this.refreshing ??= { refused, next: this.refresh(refused) };
    return this.refreshing.next;
  }

  private async refresh(refused: string): Promise<string | undefined> {
    // Not in the same turn: a provider that throws at once must find `refreshing` set, to clear it.
    await Promise.resolve();
    try {
      const next = await this.provide(refused);
      return next === refused ? undefined : next;
    } finally {
      this.refreshing = undefined;
    }
  }
}
