import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { Clock } from '../common/clock.js';
import type { Json, JsonObject } from '../common/json.js';
import { mergePatch } from '../common/merge-patch.js';
import type { Page } from '../common/page.js';
import { matchIfGiven, requireMatch, type Preconditions } from '../common/preconditions.js';
import { parse } from '../common/validation.js';
import { documentEtag, documentLabels, type Document } from './document.js';
import { DocumentChanges } from './document-changes.js';
import type { DocumentFilter } from './document-filter.js';
import { DocumentRepository, type DocumentPageRequest, type DocumentPosition } from './document.repository.js';
import { Leftovers } from './leftovers.js';
import type { StoredDocument, Usage } from './stored-document.js';

/** How long trash is kept. */
const TRASH_MS = 30 * 24 * 60 * 60 * 1_000;

/** Documents as their owners order them: read, rename, move, tag, trash. Bytes are the business of `uploads`. */
@Injectable()
export class DocumentsService {
  constructor(
    private readonly documents: DocumentRepository,
    private readonly changes: DocumentChanges,
    private readonly leftovers: Leftovers,
    private readonly clock: Clock,
  ) {}

  get(userId: string, id: string): Promise<StoredDocument> {
    return this.changes.get(userId, id);
  }

  list(userId: string, filter: DocumentFilter, page: DocumentPageRequest): Promise<Page<Document, DocumentPosition>> {
    return this.documents.list(userId, filter, page);
  }

  usage(userId: string): Promise<Usage> {
    return this.documents.usage(userId);
  }

  /** PATCH: JSON merge patch (RFC 7396) on name, folder and tags. */
  patch(userId: string, id: string, patch: JsonObject, conditions: Preconditions): Promise<StoredDocument> {
    refuseUnknownMembers(patch);
    return this.changes.change(userId, id, (current) => {
      requireMatch(conditions, documentEtag(current));
      if (current.status === 'trashed') throw new AppError('conflict', 'The document is in the trash: restore it first.');
      const { name, folder, tags } = current;
      const labels = { name, tags, ...(folder !== undefined && { folder }) } as { [member: string]: Json };
      const { folder: moved, ...rest } = parse(documentLabels, mergePatch(labels, patch));
      return { next: this.changes.visibly(current, { ...rest, folder: moved }) };
    });
  }

  /** Trashing what is in the trash changes nothing. An upload under way stays, and goes on after `restore`. */
  trash(userId: string, id: string, conditions: Preconditions): Promise<StoredDocument> {
    const removeAt = this.clock.timestamp(this.clock.now() + TRASH_MS);
    return this.changes.change(userId, id, (current) => {
      if (current.status === 'trashed') return { next: current };
      matchIfGiven(conditions, documentEtag(current));
      return { next: this.changes.visibly(current, { status: 'trashed', restoreTo: current.status, removeAt }) };
    });
  }

  /** Restoring what is not in the trash changes nothing. */
  restore(userId: string, id: string, conditions: Preconditions): Promise<StoredDocument> {
    return this.changes.change(userId, id, (current) => {
      if (current.status !== 'trashed') return { next: current };
      matchIfGiven(conditions, documentEtag(current));
      const { restoreTo = 'rejected', removeAt, ...rest } = current;
      const keep = restoreTo === 'rejected' ? { removeAt } : {};
      return { next: this.changes.visibly(rest, { status: restoreTo, ...keep }) };
    });
  }

  /** For good, from the trash only. */
  remove(userId: string, id: string, conditions: Preconditions): Promise<void> {
    return this.removeWhen(userId, id, (current) => {
      matchIfGiven(conditions, documentEtag(current));
      return current.status === 'trashed';
    });
  }

  /** For good, when `isAllowed` says so of what is stored; rejects with `AppError('conflict')` otherwise. */
  async removeWhen(userId: string, id: string, isAllowed: (current: StoredDocument) => boolean): Promise<void> {
    for (;;) {
      const current = await this.changes.get(userId, id);
      if (!isAllowed(current)) throw new AppError('conflict', 'Only what is in the trash can be removed for good.');
      const leftover = this.leftovers.of({ userId, documentId: id });
      if (!(await this.documents.remove(current, { leftovers: [leftover] }))) continue;
      return this.leftovers.tryClear(leftover);
    }
  }
}

function refuseUnknownMembers(patch: JsonObject): void {
  const unknown = Object.keys(patch).filter((name) => !(name in documentLabels.shape));
  if (unknown.length === 0) return;
  throw new AppError('validation', 'The patch names members that cannot be changed.', {
    errors: unknown.map((name) => ({
      pointer: `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      detail: 'is not a member that can be changed',
    })),
  });
}
