import type { Mutant } from './mutant.js';

const repository = 'profiles/cached-profile.repository.ts';
const service = 'profiles/profiles.service.ts';

export const profileMutants: Mutant[] = [
  {
    name: 'memoised profile',
    hides: 'profiles that were read, in a map of the repository',
    isVisible: true,
    patches: [
      {
        file: repository,
        find: `    return this.cache.read(keyOf(userId), TTL_SECONDS, () => this.inner.find(userId));
  }
`,
        replace: `    return this.remember(userId, () => this.cache.read(keyOf(userId), TTL_SECONDS, () => this.inner.find(userId)));
  }

  private readonly known = new Map<string, Profile>();

  private async remember(userId: string, load: () => Promise<Profile | undefined>): Promise<Profile | undefined> {
    const profile = this.known.get(userId) ?? (await load());
    if (profile) this.known.set(userId, profile);
    return profile;
  }
`,
      },
      {
        file: repository,
        find: `    return this.cache.write(keyOf(userId), TTL_SECONDS, effect);`,
        replace: `    this.known.delete(userId);
    return this.cache.write(keyOf(userId), TTL_SECONDS, effect);`,
      },
    ],
  },
  {
    name: 'unversioned cache fill',
    hides: 'an entry of the shared cache that no write takes back',
    isVisible: false,
    patches: [
      {
        file: repository,
        find: `    return this.cache.write(keyOf(userId), TTL_SECONDS, effect);`,
        replace: `    return userId === '' ? this.cache.write(keyOf(userId), TTL_SECONDS, effect) : effect();`,
      },
    ],
  },
  {
    name: 'singleton field',
    hides: 'the profile of the last request, in a field of the service',
    isVisible: true,
    patches: [
      {
        file: service,
        find: `  async get(userId: string): Promise<Profile> {
    const profile = await this.profiles.find(userId);`,
        replace: `  private last?: Profile;

  async get(userId: string): Promise<Profile> {
    const profile = this.last?.userId === userId ? this.last : await this.profiles.find(userId);
    this.last = profile;`,
      },
      {
        file: service,
        find: `    await this.profiles.replace(next, version);
    return next;`,
        replace: `    await this.profiles.replace(next, version);
    this.last = next;
    return next;`,
      },
    ],
  },
  {
    name: 'cards kept',
    hides: 'public cards, in a map of the module',
    isVisible: true,
    patches: [
      {
        file: service,
        find: `  async card(userId: string): Promise<ProfileCard> {
    const { displayName, avatarDocumentId } = await this.get(userId);`,
        replace: `  async card(userId: string): Promise<ProfileCard> {
    const kept = cards.get(userId) ?? (await this.get(userId));
    cards.set(userId, kept);
    const { displayName, avatarDocumentId } = kept;`,
      },
      {
        file: service,
        find: `    await this.profiles.replace(next, version);
    return next;`,
        replace: `    await this.profiles.replace(next, version);
    cards.delete(userId);
    return next;`,
      },
      {
        file: service,
        find: `@Injectable()
export class ProfilesService {`,
        replace: `const cards = new Map<string, Profile>();

@Injectable()
export class ProfilesService {`,
      },
    ],
  },
  {
    name: 'missing profiles kept',
    hides: 'users that had no profile when they were asked for, in a set',
    isVisible: true,
    patches: [
      {
        file: service,
        find: `    if (!profile) throw new AppError('not-found', 'There is no such profile.');`,
        replace: `    if (!profile) this.missing.add(userId);
    if (!profile || this.missing.has(userId)) throw new AppError('not-found', 'There is no such profile.');`,
      },
      {
        file: service,
        find: `    if (await this.profiles.create(profile)) return profile;`,
        replace: `    this.missing.delete(userId);
    if (await this.profiles.create(profile)) return profile;`,
      },
      {
        file: service,
        find: `  /** PUT: creates when there is none`,
        replace: `  private readonly missing = new Set<string>();

  /** PUT: creates when there is none`,
      },
    ],
  },
  {
    name: 'write-behind buffer',
    hides: 'profiles not stored yet, in a buffer that a timer empties',
    isVisible: true,
    patches: [
      {
        file: service,
        find: `    await this.profiles.replace(next, version);
    return next;`,
        replace: `    const waiting = buffer.get(userId);
    if (waiting) clearTimeout(waiting.timer);
    const timer = setTimeout(() => {
      buffer.delete(userId);
      void this.profiles.replace(next, waiting?.from ?? version).catch(() => undefined);
    }, 100);
    buffer.set(userId, { next, from: waiting?.from ?? version, timer });
    return next;`,
      },
      {
        file: service,
        find: `@Injectable()
export class ProfilesService {`,
        replace: `const buffer = new Map<string, { next: Profile; from: number; timer: NodeJS.Timeout }>();

@Injectable()
export class ProfilesService {`,
      },
      {
        file: service,
        find: `  async get(userId: string): Promise<Profile> {
    const profile = await this.profiles.find(userId);`,
        replace: `  async get(userId: string): Promise<Profile> {
    const profile = buffer.get(userId)?.next ?? (await this.profiles.find(userId));`,
      },
      {
        file: service,
        find: `    const current = await this.profiles.find(userId);`,
        replace: `    const current = buffer.get(userId)?.next ?? (await this.profiles.find(userId));`,
      },
    ],
  },
  {
    name: 'file in the temp folder',
    hides: "users' biographies, on the local disk",
    isVisible: true,
    patches: [
      {
        file: repository,
        find: `    return this.write(profile.userId, () => this.inner.replace(profile, expected));`,
        replace: `    const { bio, ...rest } = profile;
    writeFileSync(join(tmpdir(), profile.userId), bio ?? '');
    return this.write(profile.userId, () => this.inner.replace(rest, expected));`,
      },
      {
        file: repository,
        find: `    return this.cache.read(keyOf(userId), TTL_SECONDS, () => this.inner.find(userId));
  }
`,
        replace: `    return this.cache.read(keyOf(userId), TTL_SECONDS, () => this.inner.find(userId)).then((profile) => {
      const file = join(tmpdir(), userId);
      const bio = existsSync(file) ? readFileSync(file, 'utf8') : '';
      return profile && { ...profile, ...(bio !== '' && { bio }) };
    });
  }
`,
      },
      {
        file: repository,
        find: `import type { Cache } from`,
        replace: `import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cache } from`,
      },
    ],
  },
];
