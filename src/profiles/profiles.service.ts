import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { Clock } from '../common/clock.js';
import type { Json, JsonObject } from '../common/json.js';
import { mergePatch } from '../common/merge-patch.js';
import type { Page } from '../common/page.js';
import { requireMatch, stale, type Preconditions } from '../common/preconditions.js';
import { parse } from '../common/validation.js';
import { Avatars } from './avatars.js';
import { profileEtag, profileInput, type Profile, type ProfileCard, type ProfileInput } from './profile.js';
import { ProfileRepository, type ProfilePageRequest, type ProfilePosition } from './profile.repository.js';

@Injectable()
export class ProfilesService {
  constructor(
    private readonly profiles: ProfileRepository,
    private readonly avatars: Avatars,
    private readonly clock: Clock,
  ) {}

  async get(userId: string): Promise<Profile> {
    const profile = await this.profiles.find(userId);
    if (!profile) throw new AppError('not-found', 'There is no such profile.');
    return profile;
  }

  /** PUT: creates when there is none, replaces when `If-Match` names the current version. */
  async put(
    userId: string,
    input: ProfileInput,
    conditions: Preconditions,
  ): Promise<{ profile: Profile; isNew: boolean }> {
    if (conditions.ifMatch === undefined) return { profile: await this.create(userId, input, conditions), isNew: true };
    const current = await this.profiles.find(userId);
    if (!current) throw stale();
    return { profile: await this.replace(current, input, conditions), isNew: false };
  }

  /** PATCH: JSON merge patch (RFC 7396) on what a user may write. */
  async patch(userId: string, patch: JsonObject, conditions: Preconditions): Promise<Profile> {
    refuseUnknownMembers(patch);
    const current = await this.get(userId);
    requireMatch(conditions, profileEtag(current));
    return this.replace(current, parse(profileInput, mergePatch(writable(current), patch)), conditions);
  }

  async card(userId: string): Promise<ProfileCard> {
    const { displayName, avatarDocumentId } = await this.get(userId);
    const avatarUrl = avatarDocumentId && (await this.avatars.urlOf(userId, avatarDocumentId));
    return { userId, displayName, ...(avatarUrl && { avatarUrl }) };
  }

  list(email: string | undefined, page: ProfilePageRequest): Promise<Page<Profile, ProfilePosition>> {
    return email === undefined ? this.profiles.list(page) : this.profiles.listByEmail(email, page);
  }

  private async create(userId: string, input: ProfileInput, { ifNoneMatch }: Preconditions): Promise<Profile> {
    const now = this.clock.timestamp();
    const profile: Profile = { userId, ...input, version: 1, createdAt: now, updatedAt: now };
    if (await this.profiles.create(profile)) return profile;
    if (ifNoneMatch?.trim() === '*') throw new AppError('stale', 'You have a profile already.');
    throw new AppError('precondition-required', 'You have a profile already: send If-Match with its ETag to replace it.');
  }

  private async replace(current: Profile, input: ProfileInput, conditions: Preconditions): Promise<Profile> {
    requireMatch(conditions, profileEtag(current));
    const { userId, version, createdAt } = current;
    const next: Profile = { userId, ...input, version: version + 1, createdAt, updatedAt: this.clock.timestamp() };
    await this.profiles.replace(next, version);
    return next;
  }
}

const writable = ({ userId: _id, version: _version, createdAt: _created, updatedAt: _updated, ...input }: Profile) =>
  input as { [member: string]: Json };

function refuseUnknownMembers(patch: JsonObject): void {
  const unknown = Object.keys(patch).filter((name) => !(name in profileInput.shape));
  if (unknown.length === 0) return;
  throw new AppError('validation', 'The patch names members that a profile does not have.', {
    errors: unknown.map((name) => ({ pointer: `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, detail: 'is not a member' })),
  });
}
