import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { DocumentRepository, type Leftover } from './document.repository.js';
import { FileStore, UPLOAD_SECONDS } from './uploads/file-store.js';

/** A ticket signed a moment before the change is good until then, and a clock may be off by a minute. */
const SETTLED_MS = (UPLOAD_SECONDS + 60) * 1_000;

/**
 * Bytes that nothing refers to any more. They are removed at once, and again by the sweeper when the last ticket that could
 * bring them back has expired: the record of them is stored in the same transaction that made them useless.
 */
@Injectable()
export class Leftovers {
  private readonly logger = new Logger(Leftovers.name);

  constructor(
    private readonly documents: DocumentRepository,
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
    await this.documents.removeHistory(userId, documentId);
  }
}
