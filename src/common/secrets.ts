import type { KeyObject } from 'node:crypto';

/** Keys that sign page cursors and share links; what `previous` signed is accepted too, so that a rotation fails nothing. */
export interface SigningKeys {
  current: KeyObject;
  previous?: KeyObject;
}

export interface CacheCredentials {
  username?: string;
  password?: string;
}

export interface SecretSet {
  signingKeys: SigningKeys;
  cache: CacheCredentials;
}

/** The application's secret, loaded before the task is ready and refreshed while it runs; the last good one is kept. */
export abstract class Secrets {
  /** Throws `AppError('unavailable')` until the first load succeeded. */
  abstract current(): SecretSet;

  /**
   * The secret as it is after the question: for whoever meets what the known keys cannot explain, because another task may know
   * newer ones. May take a second, since it is asked for at most once a second. Rejects with `AppError('unavailable')` when it
   * cannot be asked for.
   */
  async refreshed(): Promise<SecretSet> {
    return this.current();
  }

  /** Calls back after every read. A secret that never changes calls nobody. */
  watch(_onRead: () => void): void {}
}
