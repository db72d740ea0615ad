import { beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Profile } from './profile.js';
import type { ProfilePosition, ProfileRepository } from './profile.repository.js';

const aProfile = (changes: Partial<Profile> = {}): Profile => ({
  userId: randomUUID(),
  displayName: 'Ada 👩‍💻',
  version: 1,
  createdAt: '2026-01-02T03:04:05.678Z',
  updatedAt: '2026-01-02T03:04:05.678Z',
  ...changes,
});

/** Pages through a list to its end and checks that no page is longer than asked. */
async function collect(
  limit: number,
  read: (after?: ProfilePosition) => Promise<{ items: Profile[]; next?: ProfilePosition }>,
): Promise<string[]> {
  const ids: string[] = [];
  let after: ProfilePosition | undefined;
  do {
    const page = await read(after);
    expect(page.items.length).toBeLessThanOrEqual(limit);
    ids.push(...page.items.map(({ userId }) => userId));
    after = page.next;
  } while (after);
  return ids;
}

/** The promises of `ProfileRepository`, for every implementation of it. */
export function profileRepositoryContract(name: string, make: () => ProfileRepository): void {
  describe(`${name} keeps the promises of ProfileRepository`, () => {
    let profiles: ProfileRepository;
    beforeEach(() => {
      profiles = make();
    });

    it('finds nothing where nothing was created', async () => {
      expect(await profiles.find(randomUUID())).toBeUndefined();
    });

    it('gives back exactly what was created', async () => {
      const profile = aProfile({
        email: 'Ada@Example.com',
        bio: 'line\nbreak',
        preferences: { '': 1e300, nested: { list: [null, true, ''] } },
      });
      expect(await profiles.create(profile)).toBe(true);
      expect(await profiles.find(profile.userId)).toEqual(profile);
    });

    it('creates only once and leaves the first alone', async () => {
      const profile = aProfile();
      await profiles.create(profile);
      expect(await profiles.create({ ...profile, displayName: 'Second' })).toBe(false);
      expect((await profiles.find(profile.userId))?.displayName).toBe(profile.displayName);
    });

    it('replaces the expected version, members left out included', async () => {
      const profile = aProfile({ bio: 'gone soon' });
      await profiles.create(profile);
      await profiles.find(profile.userId);
      const { bio: _bio, ...next } = { ...profile, version: 2, displayName: 'Grace' };
      await profiles.replace(next, 1);
      expect(await profiles.find(profile.userId)).toEqual(next);
    });

    it('refuses a stale version and changes nothing', async () => {
      const profile = aProfile();
      await profiles.create(profile);
      await profiles.replace({ ...profile, version: 2 }, 1);
      await expect(profiles.replace({ ...profile, version: 2, displayName: 'Late' }, 1)).rejects.toMatchObject({ kind: 'stale' });
      expect(await profiles.find(profile.userId)).toEqual({ ...profile, version: 2 });
    });

    it('refuses to replace what does not exist', async () => {
      await expect(profiles.replace(aProfile({ version: 2 }), 1)).rejects.toMatchObject({ kind: 'stale' });
    });

    it('lets exactly one of many racing writers win', async () => {
      const profile = aProfile();
      await profiles.create(profile);
      const writes = Array.from({ length: 8 }, (_, i) =>
        profiles.replace({ ...profile, version: 2, displayName: `writer ${i}` }, 1),
      );
      const won = (await Promise.allSettled(writes)).filter(({ status }) => status === 'fulfilled');
      expect(won).toHaveLength(1);
    });

    it('removes, again and again', async () => {
      const profile = aProfile();
      await profiles.create(profile);
      await profiles.remove(profile.userId);
      await profiles.remove(profile.userId);
      expect(await profiles.find(profile.userId)).toBeUndefined();
    });

    it('lists all profiles newest first, without skips or duplicates', async () => {
      const created = Array.from({ length: 7 }, (_, i) => aProfile({ createdAt: `2099-01-0${(i % 3) + 1}T00:00:00.000Z` }));
      for (const profile of created) await profiles.create(profile);
      const expected = created
        .map(({ createdAt, userId }) => ({ key: `${createdAt}#${userId}`, userId }))
        .sort((a, b) => (a.key < b.key ? 1 : -1))
        .map(({ userId }) => userId);
      const ids = await collect(3, (after) => profiles.list({ limit: 3, after }));
      const ours = new Set(expected);
      expect(ids.filter((id) => ours.has(id))).toEqual(expected);
      for (const { userId } of created) await profiles.remove(userId);
    });

    it('looks up by e-mail without regard to case', async () => {
      const email = `${randomUUID()}@Example.com`;
      const [one, two] = [aProfile({ email }), aProfile({ email: email.toUpperCase() })];
      await profiles.create(one);
      await profiles.create(two);
      await profiles.create(aProfile({ email: 'other@example.com' }));
      const ids = await collect(1, (after) => profiles.listByEmail(email.toLowerCase(), { limit: 1, after }));
      expect(ids).toEqual([one.userId, two.userId].sort());
    });
  });
}
