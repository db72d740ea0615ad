import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { DocumentRepository, type Leftover } from './document.repository.js';
import { ShareRepository } from './shares/share.repository.js';
import { FileStore, UPLOAD_SECONDS } from './uploads/file-store.js';

/** A PUT that begins with a ticket's last second may still take hours on a slow line. */
const SLOWEST_PUT_MS = 6 * 60 * 60 * 1_000;
const SETTLED_MS = UPLOAD_SECONDS * 1_000 + SLOWEST_PUT_MS;

/**
 * Bytes that nothing refers to any more. They are removed at once, and again by the sweeper when the last ticket that could
 * bring them back has expired: the record of them is stored in the same transaction that made them useless.
 */
@Injectable()
export class Leftovers {
  private readonly logger = new Logger(Leftovers.name);

  constructor(
    private readonly documents: DocumentRepository,
    private readonly shares: ShareRepository,
    private readonly files: FileStore,
    private readonly clock: Clock,
  ) {}

  of(subject: Omit<Leftover, 'dueAt'>): Leftover {
    return { ...subject, dueAt: this.clock.timestamp(this.clock.now() + SETTLED_MS) };
  }

  /** Removes the bytes now. A failure only leaves them to the sweeper. */
  async tryClear(leftover: Leftover): Promise<void> {
    try {
      await this.clear(leftover);
    } catch (error) {
      this.logger.warn(`Bytes are left to the sweeper: ${error instanceof Error ? error.name : 'unknown error'}`);
    }
  }

  async clear({ userId, documentId, versionId }: Leftover): Promise<void> {
    if (versionId !== undefined) return this.files.discard({ userId, documentId, versionId });
    await this.files.discardAll({ userId, documentId });
    await this.shares.removeAll(userId, documentId);
    await this.documents.removeHistory(userId, documentId);
  }
}
