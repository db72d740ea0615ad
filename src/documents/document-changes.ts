import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { Clock } from '../common/clock.js';
import { isUuidV7 } from '../common/ids.js';
import { DocumentRepository, type Together } from './document.repository.js';
import type { StoredDocument } from './stored-document.js';

const ATTEMPTS = 8;

/** What a change makes of a document; the same object again means that nothing is to be stored. */
export interface Decision {
  next: StoredDocument;
  together?: Together;
}

export const notFound = (): AppError => new AppError('not-found', 'There is no such document.');

/** Reads and changes single documents; the one place where racing changes are sorted out. */
@Injectable()
export class DocumentChanges {
  constructor(
    private readonly documents: DocumentRepository,
    private readonly clock: Clock,
  ) {}

  /** Throws `AppError('not-found')` for a malformed id, too. */
  async get(userId: string, id: string): Promise<StoredDocument> {
    const found = isUuidV7(id) ? await this.documents.find(userId, id) : undefined;
    if (!found) throw notFound();
    return found;
  }

  /**
   * Reads, decides and stores; decides anew when another change came first, so that `decide` sees every precondition
   * against what is stored. `decide` may throw, and must not have effects.
   */
  async change(userId: string, id: string, decide: (current: StoredDocument) => Decision): Promise<StoredDocument> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const current = await this.get(userId, id);
      const { next, together } = decide(current);
      if (next === current) return current;
      const revised = { ...next, revision: current.revision + 1 };
      if (await this.documents.save(revised, current, together)) return revised;
    }
    throw new AppError('unavailable', 'The document is being changed by many at once.', { headers: { 'Retry-After': '1' } });
  }

  /** A change that its owner sees: version and time move on. */
  visibly(document: StoredDocument, changes: Partial<StoredDocument>): StoredDocument {
    return { ...document, ...changes, version: document.version + 1, updatedAt: this.clock.timestamp() };
  }
}
