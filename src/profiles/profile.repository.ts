import type { Page, PageRequest } from '../common/page.js';
import type { Profile } from './profile.js';

/** Where a page of profiles ended. */
export interface ProfilePosition {
  after: string;
}

export type ProfilePageRequest = PageRequest<ProfilePosition>;

/**
 * Profiles by owner. Reads by id see every acknowledged write. Writes are safe to repeat: a write whose reply was lost
 * counts as done when it is found stored.
 */
export abstract class ProfileRepository {
  abstract find(userId: string): Promise<Profile | undefined>;

  /** False, and nothing changed, when the user has a profile already. */
  abstract create(profile: Profile): Promise<boolean>;

  /** Stores `profile` over version `expected`. A stale `expected` changes nothing and rejects with `AppError('stale')`. */
  abstract replace(profile: Profile, expected: number): Promise<void>;

  /** Removing what is not there succeeds. */
  abstract remove(userId: string): Promise<void>;

  /** All profiles, newest first; reads as many as it returns. */
  abstract list(page: ProfilePageRequest): Promise<Page<Profile, ProfilePosition>>;

  /** Profiles with that e-mail address, compared without case; reads as many as it returns. */
  abstract listByEmail(email: string, page: ProfilePageRequest): Promise<Page<Profile, ProfilePosition>>;
}
