import { Injectable } from '@nestjs/common';
import { AppError, type FieldError } from '../../common/app-error.js';
import { LoopTurns } from '../../resilience/loop-turns.js';
import { DocumentChanges } from '../document-changes.js';
import type { StoredDocument } from '../stored-document.js';
import { FileStore, type SignedPart, type StoredPart } from './file-store.js';
import { lengthOfPart, partCountOf } from './part-plan.js';
import { openUpload, uploadKeyOf } from './upload-state.js';
import { UploadsService } from './uploads.service.js';
import { notUploaded } from './verification.js';

/** A part as a client names it when it completes an upload. */
export interface GivenPart {
  partNumber: number;
  etag: string;
}

/** So many addresses are signed in less time than a turn of the event loop takes. */
const FEW = 32;

/** S3 takes no smaller part but the last. */
const SMALLEST_PART = 5 * 2 ** 20;

/** Uploads in parts: begun with the first part asked for, resumed from what S3 has, assembled once. */
@Injectable()
export class MultipartService {
  constructor(
    private readonly changes: DocumentChanges,
    private readonly uploads: UploadsService,
    private readonly files: FileStore,
    private readonly loopTurns: LoopTurns,
  ) {}

  async sign(userId: string, id: string, partNumbers: number[]): Promise<SignedPart[]> {
    const document = await this.uploads.keepAlive(userId, id);
    const { size, partSize } = document.upload;
    if (partSize === undefined) throw new AppError('conflict', 'This upload is a single PUT: it has no parts.');
    refuseBeyond(partNumbers, partCountOf(size, partSize));
    const multipartId = await this.begun(document);
    if (partNumbers.length > FEW) await this.loopTurns.take();
    const parts = partNumbers.map((partNumber) => ({ partNumber, size: lengthOfPart(partNumber, size, partSize) }));
    return this.files.signParts(uploadKeyOf(document), multipartId, parts);
  }

  /** What S3 has, so that any device can go on through any task. */
  async stored(userId: string, id: string): Promise<StoredPart[]> {
    const document = await this.changes.get(userId, id);
    const { multipartId } = openUpload(document);
    if (multipartId === undefined) return [];
    return (await this.files.listParts(uploadKeyOf(document), multipartId)) ?? [];
  }

  /** The id of the document's multipart upload, which is begun when there is none. Of racing beginners one wins. */
  async begun(document: StoredDocument): Promise<string> {
    if (document.upload.multipartId !== undefined) return document.upload.multipartId;
    const key = uploadKeyOf(document);
    const ours = await this.files.startMultipart(key, document.upload.contentType);
    try {
      const { upload } = await this.changes.change(document.userId, document.id, (current) => {
        const open = openUpload(current);
        if (open.id !== document.upload.id) throw new AppError('conflict', 'Another upload has begun meanwhile.');
        if (open.multipartId !== undefined) return { next: current };
        return { next: { ...current, upload: { ...open, multipartId: ours } } };
      });
      if (upload.multipartId !== ours) await this.files.abortMultipart(key, ours);
      return upload.multipartId ?? ours;
    } catch (error) {
      // Any other failure may have stored our id; then an abort would make it a dead one.
      if (error instanceof AppError) await this.files.abortMultipart(key, ours);
      throw error;
    }
  }

  /**
   * Makes one file of the parts, unless there is one already. Gives what differs from the promise, when parts can never
   * become it; throws `AppError('not-uploaded')` while parts are missing and `validation` for a wrong list of parts.
   */
  async assemble(document: StoredDocument, given: GivenPart[] | undefined): Promise<FieldError[]> {
    const { multipartId } = document.upload;
    const key = uploadKeyOf(document);
    if (multipartId === undefined) return [];
    if (!(await this.files.stat(key))) {
      const differences = await this.complete(document, multipartId, given);
      if (differences.length > 0) return differences;
    }
    // A task that died while it began the upload may have left another one behind.
    await this.files.abortUnfinished(key);
    return [];
  }

  private async complete(document: StoredDocument, multipartId: string, given: GivenPart[] | undefined): Promise<FieldError[]> {
    const key = uploadKeyOf(document);
    const stored = await this.files.listParts(key, multipartId);
    if (!stored) return [];
    const parts = given ? chosen(given, stored) : stored;
    const differences = differencesOf(parts, document.upload.size);
    if (differences.length > 0) return differences;
    requireAll(document, parts);
    if ((await this.files.completeMultipart(key, multipartId, parts)) === 'refused') {
      throw new AppError('conflict', 'The parts have changed meanwhile. List them and complete again.');
    }
    return [];
  }
}

function refuseBeyond(partNumbers: number[], partCount: number): void {
  const errors = partNumbers
    .map((partNumber, index) => ({ pointer: `/partNumbers/${index}`, detail: `must be from 1 to ${partCount}`, partNumber }))
    .filter(({ partNumber }) => partNumber > partCount)
    .map(({ pointer, detail }) => ({ pointer, detail }));
  if (errors.length > 0) throw new AppError('validation', `The upload has ${partCount} parts.`, { errors: errors.slice(0, 20) });
}

/** The stored parts that a client named; a wrong number, order or ETag changes nothing. */
function chosen(given: GivenPart[], stored: StoredPart[]): StoredPart[] {
  const byNumber = new Map(stored.map((part) => [part.partNumber, part]));
  const errors: FieldError[] = [];
  const parts = given.map(({ partNumber, etag }, index) => {
    const part = byNumber.get(partNumber);
    const previous = given[index - 1]?.partNumber ?? 0;
    if (partNumber <= previous) errors.push({ pointer: `/parts/${index}/partNumber`, detail: 'must be larger than the one before' });
    else if (!part) errors.push({ pointer: `/parts/${index}/partNumber`, detail: 'is not uploaded' });
    else if (bare(part.etag) !== bare(etag)) errors.push({ pointer: `/parts/${index}/etag`, detail: 'is not the ETag of the stored part' });
    return part;
  });
  if (errors.length > 0) throw new AppError('validation', 'The parts are not the uploaded ones.', { errors: errors.slice(0, 20) });
  return parts.filter((part) => part !== undefined);
}

const bare = (etag: string): string => etag.replaceAll('"', '');

function differencesOf(parts: StoredPart[], promised: number): FieldError[] {
  const total = parts.reduce((sum, { size }) => sum + size, 0);
  if (total > promised) return [{ pointer: '/size', detail: `promised ${promised}, uploaded ${total}` }];
  const small = total === promised && parts.slice(0, -1).some(({ size }) => size < SMALLEST_PART);
  return small ? [{ pointer: '/parts', detail: `each part but the last must have at least ${SMALLEST_PART} bytes` }] : [];
}

/** Names the parts of the plan that are missing while the bytes do not add up. */
function requireAll({ upload }: StoredDocument, parts: StoredPart[]): void {
  const total = parts.reduce((sum, { size }) => sum + size, 0);
  if (total === upload.size) return;
  const { partSize } = upload;
  if (parts.length === 0 || partSize === undefined) throw notUploaded();
  const present = new Set(parts.map(({ partNumber }) => partNumber));
  const missing = Array.from({ length: partCountOf(upload.size, partSize) }, (_, index) => index + 1)
    .filter((partNumber) => !present.has(partNumber))
    .slice(0, 20);
  throw notUploaded(missing.map((partNumber) => ({ pointer: '/parts', detail: `part ${partNumber} is missing` })));
}
