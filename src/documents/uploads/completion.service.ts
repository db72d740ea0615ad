import { Injectable } from '@nestjs/common';
import { AppError, type FieldError } from '../../common/app-error.js';
import { matchIfGiven, type Preconditions } from '../../common/preconditions.js';
import { documentEtag } from '../document.js';
import { DocumentChanges, type Decision } from '../document-changes.js';
import { DocumentRepository, type Leftover } from '../document.repository.js';
import { Leftovers } from '../leftovers.js';
import type { Content, StoredDocument } from '../stored-document.js';
import { FileStore } from './file-store.js';
import { MultipartService, type GivenPart } from './multipart.service.js';
import { openUpload, uploadKeyOf, withoutUpload } from './upload-state.js';
import { UploadsService } from './uploads.service.js';
import { verify, type Verified } from './verification.js';

/** Versions kept of a document, the current one included. */
export const KEPT_VERSIONS = 10;

/** From stored bytes to a document that readers see. */
@Injectable()
export class CompletionService {
  constructor(
    private readonly documents: DocumentRepository,
    private readonly changes: DocumentChanges,
    private readonly files: FileStore,
    private readonly uploads: UploadsService,
    private readonly multipart: MultipartService,
    private readonly leftovers: Leftovers,
  ) {}

  /**
   * Verifies and publishes; completing again gives the same document. Bytes that are not what was promised are removed and
   * the upload is rejected with `AppError('upload-mismatch')`. Nobody sees anything before this is done.
   */
  async complete(userId: string, id: string, parts: GivenPart[] | undefined, conditions: Preconditions): Promise<StoredDocument> {
    const current = await this.changes.get(userId, id);
    if (isPublished(current, current)) return current;
    const upload = openUpload(current);
    matchIfGiven(conditions, documentEtag(current));
    const surplus = await this.multipart.assemble(current, parts);
    const verified = surplus.length > 0 ? { differences: surplus } : await verify(this.files, uploadKeyOf(current), upload);
    return verified.differences.length > 0
      ? this.reject(current, verified.differences)
      : this.publish(current, verified, conditions);
  }

  private async publish(verifiedFor: StoredDocument, verified: Verified, conditions: Preconditions): Promise<StoredDocument> {
    const { userId, id, contentId } = verifiedFor;
    const history = contentId === undefined ? [] : await this.documents.history(userId, id);
    const dropped = history.slice(KEPT_VERSIONS - 1);
    const leftovers = dropped.map((content) => this.leftovers.of({ userId, documentId: id, versionId: content.id }));
    const published = await this.changes.change(userId, id, (current) => {
      if (isPublished(current, verifiedFor)) return { next: current };
      sameUpload(current, verifiedFor);
      matchIfGiven(conditions, documentEtag(current));
      return this.publication(current, verified, dropped, leftovers);
    });
    await Promise.all(leftovers.map((leftover) => this.leftovers.tryClear(leftover)));
    return published;
  }

  private publication(current: StoredDocument, { checksumSha256 }: Verified, dropped: Content[], leftovers: Leftover[]): Decision {
    const { id: contentId, contentType, size } = current.upload;
    const { checksumSha256: _old, ...rest } = current;
    const next = this.changes.visibly(rest, {
      status: 'ready',
      contentId,
      contentType,
      size,
      ...(checksumSha256 && { checksumSha256 }),
      storedBytes: current.storedBytes + size - dropped.reduce((sum, content) => sum + content.size, 0),
      upload: { ...current.upload, state: 'done' },
    });
    const published: Content = { id: contentId, version: next.version, contentType, size, createdAt: next.updatedAt };
    if (checksumSha256) published.checksumSha256 = checksumSha256;
    return { next, together: { published, dropped, leftovers } };
  }

  private async reject(verifiedFor: StoredDocument, differences: FieldError[]): Promise<never> {
    const { userId, id, upload } = verifiedFor;
    const leftover = this.leftovers.of({ userId, documentId: id, versionId: upload.id });
    await this.changes.change(userId, id, (current) => {
      sameUpload(current, verifiedFor);
      return { next: withoutUpload(current, 'mismatch', this.uploads.ending()), together: { leftovers: [leftover] } };
    });
    await this.leftovers.tryClear(leftover);
    throw new AppError('upload-mismatch', 'The uploaded bytes are not what was promised; they were removed.', { errors: differences });
  }
}

const isPublished = (current: StoredDocument, { upload }: StoredDocument): boolean =>
  current.status === 'ready' && current.upload.state === 'done' && current.upload.id === upload.id;

/** Another upload may have taken the place of the one that was verified. */
function sameUpload(current: StoredDocument, { upload }: StoredDocument): void {
  if (openUpload(current).id !== upload.id) throw new AppError('conflict', 'Another upload has begun meanwhile.');
}
