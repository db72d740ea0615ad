import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { SoftState } from '../common/soft-state.js';
import type { User } from './current-user.js';

const MAX_TOKENS = 10_000;
const MAX_AGE_MS = 5 * 60_000;

interface Verified {
  user: User;
  until: number;
}

/** Tokens that were verified, so that one signature is checked once per task and not once per request. */
@SoftState({
  holds: 'verified access tokens and their users',
  bound: '10,000 tokens, the oldest leave first',
  maxAge: '5 minutes, and never beyond the expiry of the token',
  ifLost: 'one slower request: the signature is checked again',
})
@Injectable()
export class TokenCache {
  private readonly verified = new Map<string, Verified>();

  constructor(private readonly clock: Clock) {}

  get(token: string): User | undefined {
    const entry = this.verified.get(token);
    if (!entry) return undefined;
    if (this.clock.now() < entry.until) return entry.user;
    this.verified.delete(token);
    return undefined;
  }

  remember(token: string, user: User): void {
    if (this.verified.size >= MAX_TOKENS) {
      const oldest = this.verified.keys().next();
      if (!oldest.done) this.verified.delete(oldest.value);
    }
    this.verified.set(token, { user, until: Math.min(user.expiresAt * 1_000, this.clock.now() + MAX_AGE_MS) });
  }
}
