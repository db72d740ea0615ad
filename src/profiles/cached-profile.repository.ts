import type { Cache } from '../cache/cache.js';
import type { Page } from '../common/page.js';
import type { Profile } from './profile.js';
import { ProfileRepository, type ProfilePageRequest, type ProfilePosition } from './profile.repository.js';

const TTL_SECONDS = 300;

const keyOf = (userId: string): string => `profile:${userId}`;

/** Reads of one profile through the cache; lists go to the inner repository. */
export class CachedProfileRepository extends ProfileRepository {
  constructor(
    private readonly inner: ProfileRepository,
    private readonly cache: Cache,
  ) {
    super();
  }

  find(userId: string): Promise<Profile | undefined> {
    return this.cache.read(keyOf(userId), TTL_SECONDS, () => this.inner.find(userId));
  }

  create(profile: Profile): Promise<boolean> {
    return this.write(profile.userId, () => this.inner.create(profile));
  }

  replace(profile: Profile, expected: number): Promise<void> {
    return this.write(profile.userId, () => this.inner.replace(profile, expected));
  }

  remove(userId: string): Promise<void> {
    return this.write(userId, () => this.inner.remove(userId));
  }

  list(page: ProfilePageRequest): Promise<Page<Profile, ProfilePosition>> {
    return this.inner.list(page);
  }

  listByEmail(email: string, page: ProfilePageRequest): Promise<Page<Profile, ProfilePosition>> {
    return this.inner.listByEmail(email, page);
  }

  private write<T>(userId: string, effect: () => Promise<T>): Promise<T> {
    return this.cache.write(keyOf(userId), TTL_SECONDS, effect);
  }
}
