import { AppError, type FieldError } from '../../common/app-error.js';
import type { Upload } from '../stored-document.js';
import { differingType, SAMPLE_BYTES } from './content-check.js';
import type { FileKey, FileStore } from './file-store.js';

export interface Verified {
  checksumSha256?: string;
  /** Where the bytes differ from what was promised. */
  differences: FieldError[];
}

export const notUploaded = (errors?: FieldError[]): AppError =>
  new AppError('not-uploaded', 'The bytes have not been uploaded yet.', { errors });

/** Compares what is stored with what was promised. Throws `AppError('not-uploaded')` when nothing is. */
export async function verify(files: FileStore, key: FileKey, upload: Upload): Promise<Verified> {
  const stored = await files.stat(key);
  if (!stored) throw notUploaded();
  const differences: FieldError[] = [];
  const expect = (pointer: string, promised: unknown, found: unknown) => {
    if (promised !== found) differences.push({ pointer, detail: `promised ${String(promised)}, uploaded ${String(found)}` });
  };
  expect('/size', upload.size, stored.size);
  expect('/contentType', upload.contentType, stored.contentType);
  const sample = await files.head(key, SAMPLE_BYTES);
  if (!sample) throw notUploaded();
  const found = await differingType(upload.contentType, sample);
  if (found !== undefined) differences.push({ pointer: '/contentType', detail: `the bytes are not ${upload.contentType}` });
  const { checksumSha256 } = upload;
  if (checksumSha256 !== undefined && differences.length === 0) {
    const actual = stored.checksumSha256 ?? (await files.hash(key));
    if (actual === undefined) throw notUploaded();
    expect('/checksumSha256', checksumSha256, actual);
  }
  return { checksumSha256: checksumSha256 ?? stored.checksumSha256, differences };
}
