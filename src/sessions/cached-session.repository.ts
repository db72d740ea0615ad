import type { Cache } from '../cache/cache.js';
import { sessionKey, TTL_SECONDS } from './cache-keys.js';
import { SessionRepository } from './session.repository.js';
import type { Session } from './session.js';

export class CachedSessionRepository extends SessionRepository {
  constructor(
    private readonly inner: SessionRepository,
    private readonly cache: Cache,
  ) {
    super();
  }

  find(userId: string, signInId: string): Promise<Session | undefined> {
    return this.cache.read(sessionKey(userId, signInId), TTL_SECONDS, () => this.inner.find(userId, signInId));
  }

  save(next: Session, previous?: Session): Promise<void> {
    return this.write(next, () => this.inner.save(next, previous));
  }

  slide(session: Session, expiresAt: string): Promise<void> {
    return this.write(session, () => this.inner.slide(session, expiresAt));
  }

  private write<T>({ userId, signInId }: Session, effect: () => Promise<T>): Promise<T> {
    return this.cache.write(sessionKey(userId, signInId), TTL_SECONDS, effect);
  }
}
