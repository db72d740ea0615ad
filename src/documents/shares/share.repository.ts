import type { Page, PageRequest } from '../../common/page.js';
import type { Receipt } from '../../idempotency/receipt.js';
import type { StoredShare } from './share.js';

export interface SharePosition {
  after: string;
}

/** Shares by the hash of their token and by document. Every read is strongly consistent. */
export abstract class ShareRepository {
  /**
   * False, and nothing stored, when the document does not exist (any more). The receipt is stored with the share or not at
   * all; rejects with `AppError('request-in-progress')` when the request lost its key.
   */
  abstract create(share: StoredShare, receipt?: Receipt): Promise<boolean>;

  abstract findByToken(tokenHash: string): Promise<StoredShare | undefined>;

  /** Newest first, the revoked ones left out. */
  abstract list(userId: string, documentId: string, page: PageRequest<SharePosition>): Promise<Page<StoredShare, SharePosition>>;

  /** False when the document has no such share. Revoking again succeeds. */
  abstract revoke(userId: string, documentId: string, shareId: string): Promise<boolean>;

  /** Counts a download while the share is not revoked and its limit is not reached; false otherwise, and nothing counted. */
  abstract countDownload(share: StoredShare): Promise<boolean>;

  /** Takes one of `limit` guesses in a window; false when none is left in it. */
  abstract takeGuess(share: StoredShare, window: number, limit: number): Promise<boolean>;

  /** Gives a guess back that was right. */
  abstract returnGuess(share: StoredShare, window: number): Promise<void>;

  /** Forgets a share. Repeatable. */
  abstract remove(share: Pick<StoredShare, 'tokenHash' | 'userId' | 'documentId' | 'id'>): Promise<void>;

  /** Forgets all shares of a document. Repeatable. */
  abstract removeAll(userId: string, documentId: string): Promise<void>;
}
