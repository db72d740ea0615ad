import type { Page, PageRequest } from '../../common/page.js';
import { MemoryIdempotencyRecords } from '../../idempotency/memory-idempotency-records.js';
import { requestInProgress, type Receipt } from '../../idempotency/receipt.js';
import type { StoredShare } from './share.js';
import { ShareRepository, type SharePosition } from './share.repository.js';

interface Guesses {
  window: number;
  count: number;
}

/** The fake: shares of one process, for tests of what stands on the port. */
export class MemoryShareRepository extends ShareRepository {
  private readonly byToken = new Map<string, StoredShare>();
  private readonly guesses = new Map<string, Guesses>();

  constructor(
    private readonly documentExists: (userId: string, documentId: string) => boolean = () => true,
    private readonly receipts = new MemoryIdempotencyRecords(),
  ) {
    super();
  }

  async create(share: StoredShare, receipt?: Receipt): Promise<boolean> {
    if (!this.documentExists(share.userId, share.documentId)) return false;
    if (receipt && !this.receipts.isHeld(receipt)) throw requestInProgress();
    if (receipt) this.receipts.keep(receipt);
    this.byToken.set(share.tokenHash, structuredClone(share));
    return true;
  }

  async findByToken(tokenHash: string): Promise<StoredShare | undefined> {
    return structuredClone(this.byToken.get(tokenHash));
  }

  async list(userId: string, documentId: string, { limit, after }: PageRequest<SharePosition>): Promise<Page<StoredShare, SharePosition>> {
    const rest = this.of(userId, documentId)
      .filter((share) => !share.isRevoked && (!after || share.id < after.after))
      .sort((a, b) => (a.id < b.id ? 1 : -1));
    const items = rest.slice(0, limit);
    const last = items.at(-1);
    return { items: structuredClone(items), ...(last && rest.length > limit && { next: { after: last.id } }) };
  }

  async revoke(userId: string, documentId: string, shareId: string): Promise<boolean> {
    const share = this.of(userId, documentId).find(({ id }) => id === shareId);
    if (share) share.isRevoked = true;
    return share !== undefined;
  }

  async countDownload({ tokenHash }: StoredShare): Promise<boolean> {
    const share = this.byToken.get(tokenHash);
    if (!share || share.isRevoked || (share.maxDownloads !== undefined && share.downloads >= share.maxDownloads)) return false;
    share.downloads += 1;
    return true;
  }

  async takeGuess({ tokenHash }: StoredShare, window: number, limit: number): Promise<boolean> {
    const known = this.guesses.get(tokenHash);
    const guesses = known && known.window >= window ? known : { window, count: 0 };
    if (guesses.window !== window || guesses.count >= limit) return false;
    this.guesses.set(tokenHash, { window, count: guesses.count + 1 });
    return true;
  }

  async returnGuess({ tokenHash }: StoredShare, window: number): Promise<void> {
    const guesses = this.guesses.get(tokenHash);
    if (guesses?.window === window && guesses.count > 0) guesses.count -= 1;
  }

  async remove({ tokenHash }: Pick<StoredShare, 'tokenHash'>): Promise<void> {
    this.byToken.delete(tokenHash);
  }

  async removeAll(userId: string, documentId: string): Promise<void> {
    for (const { tokenHash } of this.of(userId, documentId)) this.byToken.delete(tokenHash);
  }

  private of(userId: string, documentId: string): StoredShare[] {
    return [...this.byToken.values()].filter((share) => share.userId === userId && share.documentId === documentId);
  }
}
