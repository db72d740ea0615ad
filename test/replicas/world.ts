import type { Calm } from './calm.js';
import type { Fleet } from './fleet.js';

/** What a program is played against. */
export interface World {
  fleet: Fleet;
  /** An access token of a sign-in; `auth_time` and `iat` (epoch seconds) are now unless given. */
  mint(claims: { sub: string; origin_jti: string; auth_time?: number; iat?: number }): string;
  /** Faults happen only where they are provided: the lone replica is left in peace. */
  faults?: {
    calm: Calm;
    flushCache(): Promise<void>;
    /** Cuts the cache off until the returned function is called. */
    loseCache(): Promise<() => void>;
  };
}
