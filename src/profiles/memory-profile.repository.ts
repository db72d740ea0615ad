import { stale } from '../common/preconditions.js';
import type { Page } from '../common/page.js';
import type { Profile } from './profile.js';
import { ProfileRepository, type ProfilePageRequest, type ProfilePosition } from './profile.repository.js';

/** The fake for tests: keeps every promise of the port but the one to survive. */
export class MemoryProfileRepository extends ProfileRepository {
  private readonly byId = new Map<string, Profile>();

  async find(userId: string): Promise<Profile | undefined> {
    return structuredClone(this.byId.get(userId));
  }

  async create(profile: Profile): Promise<boolean> {
    if (this.byId.has(profile.userId)) return false;
    this.byId.set(profile.userId, structuredClone(profile));
    return true;
  }

  async replace(profile: Profile, expected: number): Promise<void> {
    const current = this.byId.get(profile.userId);
    if (current?.version !== expected || current.createdAt !== profile.createdAt) throw stale();
    this.byId.set(profile.userId, structuredClone(profile));
  }

  async remove(userId: string): Promise<void> {
    this.byId.delete(userId);
  }

  async list({ limit, after }: ProfilePageRequest): Promise<Page<Profile, ProfilePosition>> {
    const keyOf = ({ createdAt, userId }: Profile) => `${createdAt}#${userId}`;
    const newestFirst = this.all().sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1));
    return pageOf(newestFirst, limit, keyOf, (key) => !after || key < after.after);
  }

  async listByEmail(email: string, { limit, after }: ProfilePageRequest): Promise<Page<Profile, ProfilePosition>> {
    const matching = this.all()
      .filter((profile) => profile.email?.toLowerCase() === email.toLowerCase())
      .sort((a, b) => (a.userId < b.userId ? -1 : 1));
    return pageOf(matching, limit, ({ userId }) => userId, (key) => !after || key > after.after);
  }

  private all(): Profile[] {
    return [...this.byId.values()].map((profile) => structuredClone(profile));
  }
}

function pageOf(
  sorted: Profile[],
  limit: number,
  keyOf: (profile: Profile) => string,
  isAfter: (key: string) => boolean,
): Page<Profile, ProfilePosition> {
  const rest = sorted.filter((profile) => isAfter(keyOf(profile)));
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return { items, ...(last && rest.length > limit && { next: { after: keyOf(last) } }) };
}
