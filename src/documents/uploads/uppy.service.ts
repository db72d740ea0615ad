import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { DocumentChanges, notFound } from '../document-changes.js';
import type { StoredDocument } from '../stored-document.js';
import { FileStore, pathOf, type MultipartAction, type SignedRequest } from './file-store.js';
import { openUpload, uploadKeyOf } from './upload-state.js';
import { UploadsService } from './uploads.service.js';
import type { Signed, SignRequest } from './uppy.js';

const SMALLEST_PART = 5 * 2 ** 20;

/**
 * Signs what Uppy's S3 plugin does by itself: it puts the file or creates, fills, lists, completes and aborts a multipart
 * upload. Only for the caller's open uploads; nothing is visible before `complete` has verified the bytes.
 */
@Injectable()
export class UppyService {
  constructor(
    private readonly changes: DocumentChanges,
    private readonly uploads: UploadsService,
    private readonly files: FileStore,
  ) {}

  async sign(userId: string, request: SignRequest): Promise<Signed> {
    const document = await this.uploads.keepAlive(userId, documentIdOf(request.key, userId));
    const key = pathOf(uploadKeyOf(document));
    if (request.key.includes('/') && request.key !== key) throw notFound();
    const { url, headers } = await this.signed(document, request);
    return { url, key, headers };
  }

  private async signed(document: StoredDocument, request: SignRequest): Promise<Pick<SignedRequest, 'url' | 'headers'>> {
    const key = uploadKeyOf(document);
    const multipartId = 'uploadId' in request ? request.uploadId : undefined;
    if (multipartId === undefined) {
      if (request.method === 'PUT') return this.files.signUpload(key, document.upload);
      return this.files.signMultipart(key, { kind: 'start', contentType: document.upload.contentType });
    }
    await this.adopt(document, multipartId);
    if ('partNumber' in request) return this.signPart(document, multipartId, request.partNumber);
    return this.files.signMultipart(key, actionOf(request.method, multipartId, document.upload.size));
  }

  private async signPart({ upload, ...document }: StoredDocument, multipartId: string, partNumber: number) {
    const most = Math.max(1, Math.ceil(upload.size / SMALLEST_PART));
    if (partNumber > most) {
      throw new AppError('validation', `${upload.size} bytes have no more than ${most} parts.`, {
        errors: [{ pointer: '/partNumber', detail: `must be from 1 to ${most}` }],
      });
    }
    const [part] = await this.files.signParts(uploadKeyOf({ ...document, upload }), multipartId, [{ partNumber }]);
    if (!part) throw new Error('No part was signed.');
    return part;
  }

  /** The plugin creates multipart uploads itself: the first request that names one makes it the document's, if S3 has it under the key. */
  private async adopt(document: StoredDocument, multipartId: string): Promise<void> {
    if (document.upload.multipartId === multipartId) return;
    const key = uploadKeyOf(document);
    if ((await this.files.listParts(key, multipartId)) === undefined) throw notFound();
    await this.changes.change(document.userId, document.id, (current) => {
      const open = openUpload(current);
      if (open.id !== document.upload.id) throw notFound();
      return { next: { ...current, upload: { ...open, multipartId } } };
    });
  }
}

const actionOf = (method: SignRequest['method'], multipartId: string, size: number): MultipartAction =>
  method === 'POST' ? { kind: 'complete', multipartId, size } : { kind: method === 'GET' ? 'list' : 'abort', multipartId };

/** A document's own id, or `documents/{user}/{document}/{version}` as the service answered before. */
function documentIdOf(key: string, userId: string): string {
  const [root, owner, documentId, versionId, ...rest] = key.split('/');
  if (owner === undefined) return key;
  if (root !== 'documents' || owner !== userId || versionId === undefined || rest.length > 0) throw notFound();
  return documentId ?? '';
}
