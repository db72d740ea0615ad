import type { Cache } from '../cache/cache.js';
import type { Page } from '../common/page.js';
import { sessionKey, signInKey, TTL_SECONDS } from './cache-keys.js';
import { SignInRepository, type SignInPageRequest, type SignInPosition } from './sign-in.repository.js';
import type { Endings, Mark, SignIn } from './sign-in.js';

/** Known sign-ins through the cache: one read for nearly every request. What is not known is asked of the inner repository. */
export class CachedSignInRepository extends SignInRepository {
  constructor(
    private readonly inner: SignInRepository,
    private readonly cache: Cache,
  ) {
    super();
  }

  find(userId: string, id: string): Promise<SignIn | undefined> {
    return this.cache.read(signInKey(userId, id), TTL_SECONDS, () => this.inner.find(userId, id));
  }

  endings(userId: string, id: string): Promise<Endings> {
    return this.inner.endings(userId, id);
  }

  /** Makes nothing stale: that there is no such sign-in is never kept. */
  record(signIn: SignIn, judgedBy: Endings): Promise<boolean> {
    return this.inner.record(signIn, judgedBy);
  }

  touch(seen: SignIn): Promise<void> {
    return this.write(seen, () => this.inner.touch(seen));
  }

  end(userId: string, id: string, endedBefore: number, until: string): Promise<boolean> {
    const data = sessionKey(userId, id);
    return this.write({ userId, id }, () =>
      this.cache.write(data, TTL_SECONDS, () => this.inner.end(userId, id, endedBefore, until)),
    );
  }

  setMark(userId: string, mark: Mark): Promise<void> {
    return this.inner.setMark(userId, mark);
  }

  list(userId: string, page: SignInPageRequest): Promise<Page<SignIn, SignInPosition>> {
    return this.inner.list(userId, page);
  }

  private write<T>({ userId, id }: Pick<SignIn, 'userId' | 'id'>, effect: () => Promise<T>): Promise<T> {
    return this.cache.write(signInKey(userId, id), TTL_SECONDS, effect);
  }
}
