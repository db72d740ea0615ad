import type { Cache } from '../cache/cache.js';
import { sessionKey, signInKey, TTL_SECONDS } from './cache-keys.js';
import type { Session } from './session.js';
import type { SignIn } from './sign-in.js';
import { UserRecords, type Closure } from './user-records.js';

/** Takes what it removes out of the cache; all else goes to the inner records. */
export class CachedUserRecords extends UserRecords {
  constructor(
    private readonly inner: UserRecords,
    private readonly cache: Cache,
  ) {
    super();
  }

  signIns(userId: string): AsyncIterable<SignIn> {
    return this.inner.signIns(userId);
  }

  sessions(userId: string): AsyncIterable<Session> {
    return this.inner.sessions(userId);
  }

  /** What is recorded while this runs is of a sign-in that goes on, and stays for a next call. */
  async removeAll(userId: string): Promise<void> {
    const entries: string[] = [];
    for await (const { id } of this.inner.signIns(userId)) entries.push(signInKey(userId, id));
    for await (const { signInId } of this.inner.sessions(userId)) entries.push(sessionKey(userId, signInId));
    await this.inner.removeAll(userId);
    for (const entry of entries) await this.cache.write(entry, TTL_SECONDS, async () => undefined);
  }

  isClosed(userId: string): Promise<boolean> {
    return this.inner.isClosed(userId);
  }

  due(now: string): AsyncIterable<Closure> {
    return this.inner.due(now);
  }

  reopen(userId: string, closedAt: string, dueAt: string): Promise<void> {
    return this.inner.reopen(userId, closedAt, dueAt);
  }

  settle(closure: Closure): Promise<void> {
    return this.inner.settle(closure);
  }
}
