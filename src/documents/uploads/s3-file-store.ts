import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  paginateListObjectsV2,
  S3ServiceException,
  type ListMultipartUploadsCommandOutput,
  type ListPartsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { SoftState } from '../../common/soft-state.js';
import { currentBudget, detached, Unavailable } from '../../resilience/budget.js';
import type { S3UrlSigner } from '../../aws/s3-url-signer.js';
import {
  documentIn,
  FileStore,
  pathOf,
  UPLOAD_SECONDS,
  type DownloadAs,
  type FileKey,
  type MultipartAction,
  type MultipartOutcome,
  type PartRequest,
  type Promised,
  type SignedPart,
  type SignedRequest,
  type StoredFile,
  type StoredPart,
} from './file-store.js';

/** Like a PUT, a completion never replaces a file, and S3 itself refuses another size than promised. */
function requestOf(action: MultipartAction): Pick<SignedRequest, 'method' | 'headers'> {
  switch (action.kind) {
    case 'start':
      return { method: 'POST', headers: { 'content-type': action.contentType } };
    case 'list':
      return { method: 'GET', headers: {} };
    case 'complete':
      return { method: 'POST', headers: { 'if-none-match': '*', 'x-amz-mp-object-size': String(action.size) } };
    case 'abort':
      return { method: 'DELETE', headers: {} };
  }
}

/** S3 may take minutes to put thousands of parts together; it keeps the connection open meanwhile. */
const ASSEMBLY_MS = 300_000;

/** 100 GiB at some 300 MB/s. */
const HASH_MS = 6 * 60_000;
const MOST_HASHES = 4;
const DELETED_AT_ONCE = 50;

/** Bytes in one S3 bucket, under `documents/{userId}/{documentId}/{versionId}`. */
@SoftState({
  holds: 'files whose checksum is being computed',
  bound: '4 files',
  maxAge: 'while S3 sends, 20 s without a byte at most',
  ifLost: 'completing the upload again reads the file again',
})
export class S3FileStore extends FileStore {
  private readonly hashing = new Map<string, Promise<string | undefined>>();

  constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
    private readonly signer: S3UrlSigner,
  ) {
    super();
  }

  async signUpload(key: FileKey, { contentType, size, checksumSha256 }: Promised, from?: number): Promise<SignedRequest> {
    const headers = {
      'content-type': contentType,
      'if-none-match': '*',
      ...(checksumSha256 && { 'x-amz-checksum-sha256': checksumSha256 }),
    };
    const signed = { ...headers, 'content-length': String(size) };
    const [{ url, expiresAt }] = await this.sign({ method: 'PUT', key: pathOf(key), headers: signed, seconds: UPLOAD_SECONDS, from });
    return { method: 'PUT', url, headers, expiresAt: new Date(expiresAt).toISOString() };
  }

  async signDownload(key: FileKey, { contentDisposition, contentType }: DownloadAs, seconds: number): Promise<SignedRequest> {
    const query = {
      'response-cache-control': 'private, no-store',
      'response-content-disposition': contentDisposition,
      'response-content-type': contentType,
    };
    const [{ url, expiresAt }] = await this.sign({ method: 'GET', key: pathOf(key), query, seconds });
    return { method: 'GET', url, headers: {}, expiresAt: new Date(expiresAt).toISOString() };
  }

  async stat(key: FileKey): Promise<StoredFile | undefined> {
    const reply = await unlessMissing(
      this.s3.send(new HeadObjectCommand({ ...this.at(key), ChecksumMode: 'ENABLED' })),
    );
    if (!reply) return undefined;
    const { ContentLength = 0, ContentType = '', ChecksumSHA256, ChecksumType } = reply;
    // The checksum of a multipart object is one of its parts' checksums and says nothing about the whole.
    const isWhole = ChecksumSHA256 !== undefined && ChecksumType !== 'COMPOSITE' && !ChecksumSHA256.includes('-');
    return { size: ContentLength, contentType: ContentType, ...(isWhole && { checksumSha256: ChecksumSHA256 }) };
  }

  async head(key: FileKey, length: number): Promise<Buffer | undefined> {
    try {
      const Range = `bytes=0-${length - 1}`;
      const reply = await unlessMissing(this.s3.send(new GetObjectCommand({ ...this.at(key), Range })));
      return reply && Buffer.from((await reply.Body?.transformToByteArray()) ?? []);
    } catch (error) {
      if (isNamed(error, 'InvalidRange')) return Buffer.alloc(0);
      throw error;
    }
  }

  /** Longer than a request may take: it is answered 503 meanwhile, the work goes on, and asking again finds it done. */
  async hash(key: FileKey): Promise<string | undefined> {
    currentBudget()?.extend(HASH_MS);
    const path = pathOf(key);
    return this.hashing.get(path) ?? this.startHash(key, path);
  }

  private startHash(key: FileKey, path: string): Promise<string | undefined> {
    if (this.hashing.size >= MOST_HASHES) throw new Unavailable('too many files are being read');
    const hash = detached(() => this.readAndHash(key)).finally(() => this.hashing.delete(path));
    this.hashing.set(path, hash);
    return hash;
  }

  private async readAndHash(key: FileKey): Promise<string | undefined> {
    const reply = await unlessMissing(this.s3.send(new GetObjectCommand(this.at(key))));
    if (!reply) return undefined;
    const hash = createHash('sha256');
    for await (const chunk of reply.Body as Readable) hash.update(chunk as Buffer);
    return hash.digest('base64');
  }

  async discard(key: FileKey): Promise<void> {
    await this.abortUploads(pathOf(key));
    await this.s3.send(new DeleteObjectCommand(this.at(key)));
  }

  async discardAll({ userId, documentId }: Omit<FileKey, 'versionId'>): Promise<void> {
    const Prefix = pathOf({ userId, documentId, versionId: '' });
    await this.abortUploads(Prefix);
    for (;;) {
      const { Contents = [] } = await this.s3.send(new ListObjectsV2Command({ Bucket: this.bucket, Prefix }));
      if (Contents.length === 0) return;
      for (const { Key } of Contents) await this.s3.send(new DeleteObjectCommand({ Bucket: this.bucket, Key }));
    }
  }

  async discardOwned(userId: string, isKept: (documentId: string) => Promise<boolean>, signal?: AbortSignal): Promise<void> {
    const Prefix = `documents/${userId}/`;
    for await (const { Key = '', UploadId } of this.unfinished(Prefix)) {
      signal?.throwIfAborted();
      if (await isKept(documentIn(Key))) continue;
      await unlessMissing(this.s3.send(new AbortMultipartUploadCommand({ Bucket: this.bucket, Key, UploadId })));
    }
    for await (const { Contents = [] } of paginateListObjectsV2({ client: this.s3, pageSize: DELETED_AT_ONCE }, { Bucket: this.bucket, Prefix })) {
      signal?.throwIfAborted();
      await Promise.all(Contents.map(async ({ Key = '' }) => {
        if (!(await isKept(documentIn(Key)))) await this.s3.send(new DeleteObjectCommand({ Bucket: this.bucket, Key }));
      }));
    }
  }

  async startMultipart(key: FileKey, contentType: string): Promise<string> {
    const { UploadId } = await this.s3.send(new CreateMultipartUploadCommand({ ...this.at(key), ContentType: contentType }));
    if (!UploadId) throw new Error('S3 began a multipart upload without an id.');
    return UploadId;
  }

  async abortMultipart(key: FileKey, multipartId: string): Promise<void> {
    await unlessMissing(this.s3.send(new AbortMultipartUploadCommand({ ...this.at(key), UploadId: multipartId })));
  }

  async abortUnfinished(key: FileKey): Promise<void> {
    await this.abortUploads(pathOf(key));
  }

  async signParts(key: FileKey, multipartId: string, parts: PartRequest[]): Promise<SignedPart[]> {
    const path = pathOf(key);
    const requests = parts.map(({ partNumber, size }) => ({
      method: 'PUT' as const,
      key: path,
      query: { partNumber: String(partNumber), uploadId: multipartId },
      ...(size !== undefined && { headers: { 'content-length': String(size) } }),
      seconds: UPLOAD_SECONDS,
    }));
    const signed = await this.signer.sign(requests);
    return parts.map(({ partNumber }, index) => ({ partNumber, url: signed[index]?.url ?? '', headers: {} }));
  }

  async signMultipart(key: FileKey, action: MultipartAction): Promise<SignedRequest> {
    const { method, headers } = requestOf(action);
    const query: Record<string, string> = action.kind === 'start' ? { uploads: '' } : { uploadId: action.multipartId };
    const [{ url, expiresAt }] = await this.sign({ method, key: pathOf(key), query, headers, seconds: UPLOAD_SECONDS });
    return { method, url, headers, expiresAt: new Date(expiresAt).toISOString() };
  }

  async listParts(key: FileKey, multipartId: string): Promise<StoredPart[] | undefined> {
    const parts: StoredPart[] = [];
    let PartNumberMarker: string | undefined;
    do {
      const command = new ListPartsCommand({ ...this.at(key), UploadId: multipartId, PartNumberMarker });
      const page: ListPartsCommandOutput | undefined = await unlessMissing(this.s3.send(command));
      if (!page) return undefined;
      for (const { PartNumber = 0, Size = 0, ETag = '' } of page.Parts ?? []) {
        parts.push({ partNumber: PartNumber, size: Size, etag: ETag });
      }
      // S3 gives a marker on the last page, too: the SDK's paginator would go on for ever.
      PartNumberMarker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
    } while (PartNumberMarker !== undefined);
    return parts;
  }

  async completeMultipart(key: FileKey, multipartId: string, parts: StoredPart[]): Promise<MultipartOutcome> {
    const size = parts.reduce((sum, part) => sum + part.size, 0);
    const Parts = parts.map(({ partNumber, etag }) => ({ PartNumber: partNumber, ETag: etag }));
    const command = new CompleteMultipartUploadCommand({
      ...this.at(key),
      UploadId: multipartId,
      MultipartUpload: { Parts },
      IfNoneMatch: '*',
      MpuObjectSize: size,
    });
    try {
      await this.s3.send(command, { requestTimeout: ASSEMBLY_MS });
      return 'completed';
    } catch (error) {
      if (isNamed(error, 'PreconditionFailed')) return 'exists';
      if (isNamed(error, 'NoSuchUpload')) return 'gone';
      if (isNamed(error, 'InvalidPart', 'InvalidPartOrder', 'EntityTooSmall', 'MalformedXML')) return 'refused';
      throw error;
    }
  }

  async *everyFile(): AsyncIterable<{ path: string; size: number }> {
    for await (const { Contents = [] } of paginateListObjectsV2({ client: this.s3 }, { Bucket: this.bucket, Prefix: 'documents/' })) {
      for (const { Key = '', Size = 0 } of Contents) yield { path: Key, size: Size };
    }
  }

  async *everyUnfinished(): AsyncIterable<string> {
    for await (const { Key = '' } of this.unfinished('documents/')) yield Key;
  }

  private async *unfinished(Prefix: string): AsyncIterable<{ Key?: string; UploadId?: string }> {
    let position: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
    while (position) {
      const page: ListMultipartUploadsCommandOutput = await this.s3.send(
        new ListMultipartUploadsCommand({ Bucket: this.bucket, Prefix, ...position }),
      );
      yield* page.Uploads ?? [];
      position = page.IsTruncated ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker } : undefined;
    }
  }

  private async abortUploads(Prefix: string): Promise<void> {
    for await (const { Key, UploadId } of this.unfinished(Prefix)) {
      await unlessMissing(this.s3.send(new AbortMultipartUploadCommand({ Bucket: this.bucket, Key, UploadId })));
    }
  }

  private async sign(request: Parameters<S3UrlSigner['sign']>[0][number]) {
    const [signed] = await this.signer.sign([request]);
    if (!signed) throw new Error('Nothing was signed.');
    return [signed] as const;
  }

  private at(key: FileKey): { Bucket: string; Key: string } {
    return { Bucket: this.bucket, Key: pathOf(key) };
  }
}

const isNamed = (error: unknown, ...names: string[]): boolean =>
  error instanceof S3ServiceException && names.includes(error.name);

/** HEAD has no body to tell "no such key" by, so its error is the bare status. */
async function unlessMissing<T>(reply: Promise<T>): Promise<T | undefined> {
  try {
    return await reply;
  } catch (error) {
    if (isNamed(error, 'NotFound', 'NoSuchKey', 'NoSuchUpload')) return undefined;
    throw error;
  }
}
