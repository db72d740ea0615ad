import type { Page, PageRequest } from '../common/page.js';
import type { Endings, Mark, SignIn } from './sign-in.js';

/** Where a page of sign-ins ended. */
export interface SignInPosition {
  after: string;
}

export type SignInPageRequest = PageRequest<SignInPosition>;

/**
 * Sign-ins by user. A sign-in goes on while it is recorded here; one that is not recorded is judged by its `endings`, and only
 * a sign-in that they admit is recorded: so one read answers for all but the first request of a sign-in. Everything read is
 * strongly consistent; every write is safe to repeat.
 */
export abstract class SignInRepository {
  /** The sign-in while it goes on; undefined when it has ended or was never seen. */
  abstract find(userId: string, id: string): Promise<SignIn | undefined>;

  abstract endings(userId: string, id: string): Promise<Endings>;

  /** Records a first sighting. False, and nothing stored, when it is recorded already or its endings are not those of `judgedBy`. */
  abstract record(signIn: SignIn, judgedBy: Endings): Promise<boolean>;

  /** Stores a later sighting, unless the sign-in has ended or was seen later still. */
  abstract touch(seen: SignIn): Promise<void>;

  /**
   * Ends a sign-in and removes its data. `endedBefore` as in `Endings`; remembered until `until`. Ending it again succeeds; false
   * when there never was such a sign-in.
   */
  abstract end(userId: string, id: string, endedBefore: number, until: string): Promise<boolean>;

  /** Sets the user's mark. `before` never goes back, and a closed account stays closed. Sign-ins that are recorded already go on until they are ended. */
  abstract setMark(userId: string, mark: Mark): Promise<void>;

  /** Sign-ins that go on, the ones seen first last. Reads as many as it returns. */
  abstract list(userId: string, page: SignInPageRequest): Promise<Page<SignIn, SignInPosition>>;
}
