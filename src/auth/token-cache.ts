import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { SoftState } from '../common/soft-state.js';
import type { User } from './current-user.js';

const MAX_TOKENS = 10_000;
const MAX_AGE_MS = 5 * 60_000;

/** 256 bits of the signature: finding a token must not cost hashing all of it. The whole is compared. */
const KEY_LENGTH = 43;
const keyOf = (token: string): string => token.slice(-KEY_LENGTH);

interface Verified {
  key: string;
  user: User;
  at: number;
  until: number;
}

/** Tokens that were verified, so that one signature is checked once per task and not once per request. */
@SoftState({
  holds: 'verified access tokens and their users',
  bound: '10,000 tokens, the least recently used leave first',
  maxAge: '5 minutes, and never beyond the expiry of the token',
  ifLost: 'one slower request: the signature is checked again',
})
@Injectable()
export class TokenCache {
  private readonly verified = new Map<string, Verified>();

  constructor(private readonly clock: Clock) {}

  get(token: string): User | undefined {
    const entry = this.verified.get(keyOf(token));
    if (entry === undefined || entry.user.token !== token) return undefined;
    this.verified.delete(entry.key);
    const now = this.clock.now();
    // A clock that was set back must not lengthen an entry's life.
    if (now < entry.at || now >= entry.until) return undefined;
    this.verified.set(entry.key, entry);
    return entry.user;
  }

  remember(user: User): void {
    const at = this.clock.now();
    const key = keyOf(user.token);
    this.verified.delete(key);
    if (this.verified.size >= MAX_TOKENS) this.dropOldest();
    this.verified.set(key, { key, user, at, until: Math.min(user.expiresAt * 1_000, at + MAX_AGE_MS) });
  }

  private dropOldest(): void {
    const oldest = this.verified.keys().next();
    if (!oldest.done) this.verified.delete(oldest.value);
  }
}
