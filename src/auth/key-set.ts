import type { KeyObject } from 'node:crypto';
import { AppError } from '../common/app-error.js';
import type { Clock } from '../common/clock.js';
import { SoftState } from '../common/soft-state.js';
import { fetchPublicKeys } from './public-keys.js';

/** At most 6 fetches a minute, however many tokens name keys that do not exist. */
const COOLDOWN_MS = 11_000;
const REFRESH_MS = 5 * 60_000;
/** Tasks started together must not ask together for ever. */
const JITTER = 0.2;

/**
 * The pool's public keys by `kid`. The whole set is fetched at once, by one request at a time, at most every 11 s; the last
 * good set is kept while the pool cannot be asked. Source: Amazon Cognito, "Verifying JSON web tokens"; RFC 7517 §5.
 */
@SoftState({
  holds: "the user pool's public keys",
  bound: '50 keys',
  maxAge: 'refreshed after 5 minutes of use; the last good set is kept while the pool cannot be asked',
  ifLost: 'one slower request',
})
export class KeySet {
  private keys?: ReadonlyMap<string, KeyObject>;
  private loading?: Promise<void>;
  private triedAt = -Infinity;
  private refreshAt = -Infinity;

  constructor(
    private readonly uri: string,
    private readonly clock: Clock,
    private readonly onFailure: (reason: string) => void,
  ) {}

  get isLoaded(): boolean {
    return this.keys !== undefined;
  }

  /** Reads the first set before a token asks for it. Never rejects. */
  async warm(): Promise<void> {
    if (!this.keys) await this.refresh();
  }

  /** The key, or undefined when the pool has none of that name. Rejects with `AppError('unavailable')` when no set was ever read. */
  async find(kid: string): Promise<KeyObject | undefined> {
    const known = this.keys?.get(kid);
    if (known) {
      if (this.clock.now() >= this.refreshAt) void this.refresh();
      return known;
    }
    await this.refresh();
    if (this.keys) return this.keys.get(kid);
    throw new AppError('unavailable', 'Access tokens cannot be checked at the moment.', {
      headers: { 'Retry-After': String(Math.ceil(COOLDOWN_MS / 1_000)) },
    });
  }

  private refresh(): Promise<void> {
    this.loading ??= this.load().finally(() => (this.loading = undefined));
    return this.loading;
  }

  /** Never rejects. The absolute difference lets a clock that was set back not stretch the cooldown. */
  private async load(): Promise<void> {
    const now = this.clock.now();
    if (Math.abs(now - this.triedAt) < COOLDOWN_MS) return;
    this.triedAt = now;
    try {
      this.keys = await fetchPublicKeys(this.uri);
      this.refreshAt = now + REFRESH_MS * (1 - Math.random() * JITTER);
    } catch (error) {
      this.onFailure(error instanceof Error ? error.message : 'unknown');
    }
  }
}
