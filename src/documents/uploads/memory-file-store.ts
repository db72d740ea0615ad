import { createHash, randomUUID } from 'node:crypto';
import {
  documentIn,
  FileStore,
  pathOf,
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

interface File {
  bytes: Buffer;
  contentType: string;
}

interface Multipart {
  path: string;
  contentType: string;
  parts: Map<number, Buffer>;
}

const SMALLEST_PART = 5 * 2 ** 20;
const LATER = '2999-01-01T00:00:00.000Z';
const etagOf = (bytes: Buffer): string => `"${createHash('md5').update(bytes).digest('hex')}"`;

/** The fake: bytes of one process, for tests of what stands on the port. `put` and `putPart` are the client's part. */
export class MemoryFileStore extends FileStore {
  readonly files = new Map<string, File>();
  readonly multiparts = new Map<string, Multipart>();

  put(key: FileKey, bytes: Buffer | string, contentType: string): void {
    this.files.set(pathOf(key), { bytes: Buffer.from(bytes), contentType });
  }

  putPart(multipartId: string, partNumber: number, bytes: Buffer): string {
    this.multiparts.get(multipartId)?.parts.set(partNumber, bytes);
    return etagOf(bytes);
  }

  async signUpload(key: FileKey, { contentType }: Promised): Promise<SignedRequest> {
    return { method: 'PUT', url: `memory:${pathOf(key)}`, headers: { 'content-type': contentType }, expiresAt: LATER };
  }

  async signDownload(key: FileKey, as: DownloadAs): Promise<SignedRequest> {
    return { method: 'GET', url: `memory:${pathOf(key)}?${new URLSearchParams({ ...as }).toString()}`, headers: {}, expiresAt: LATER };
  }

  async stat(key: FileKey): Promise<StoredFile | undefined> {
    const file = this.files.get(pathOf(key));
    return file && { size: file.bytes.length, contentType: file.contentType };
  }

  async head(key: FileKey, length: number): Promise<Buffer | undefined> {
    return this.files.get(pathOf(key))?.bytes.subarray(0, length);
  }

  async hash(key: FileKey): Promise<string | undefined> {
    const file = this.files.get(pathOf(key));
    return file && createHash('sha256').update(file.bytes).digest('base64');
  }

  async discard(key: FileKey): Promise<void> {
    this.files.delete(pathOf(key));
    await this.abortUnfinished(key);
  }

  async discardAll(key: Omit<FileKey, 'versionId'>): Promise<void> {
    const prefix = pathOf({ ...key, versionId: '' });
    for (const path of this.files.keys()) if (path.startsWith(prefix)) this.files.delete(path);
    for (const [id, { path }] of this.multiparts) if (path.startsWith(prefix)) this.multiparts.delete(id);
  }

  async discardOwned(userId: string, isKept: (documentId: string) => Promise<boolean>): Promise<void> {
    const paths = [...this.files.keys(), ...[...this.multiparts.values()].map(({ path }) => path)];
    for (const documentId of new Set(paths.filter((path) => path.startsWith(`documents/${userId}/`)).map(documentIn))) {
      if (!(await isKept(documentId))) await this.discardAll({ userId, documentId });
    }
  }

  async startMultipart(key: FileKey, contentType: string): Promise<string> {
    const id = randomUUID();
    this.multiparts.set(id, { path: pathOf(key), contentType, parts: new Map() });
    return id;
  }

  async abortMultipart(_key: FileKey, multipartId: string): Promise<void> {
    this.multiparts.delete(multipartId);
  }

  async abortUnfinished(key: FileKey): Promise<void> {
    for (const [id, { path }] of this.multiparts) if (path === pathOf(key)) this.multiparts.delete(id);
  }

  async signParts(key: FileKey, multipartId: string, parts: PartRequest[]): Promise<SignedPart[]> {
    return parts.map(({ partNumber }) => ({ partNumber, url: `memory:${pathOf(key)}#${multipartId}/${partNumber}`, headers: {} }));
  }

  async signMultipart(key: FileKey, { kind }: MultipartAction): Promise<SignedRequest> {
    const method = { start: 'POST', list: 'GET', complete: 'POST', abort: 'DELETE' } as const;
    return { method: method[kind], url: `memory:${pathOf(key)}?${kind}`, headers: {}, expiresAt: LATER };
  }

  async listParts(_key: FileKey, multipartId: string): Promise<StoredPart[] | undefined> {
    const parts = this.multiparts.get(multipartId)?.parts;
    return parts && [...parts].sort(([a], [b]) => a - b).map(([partNumber, bytes]) => ({ partNumber, size: bytes.length, etag: etagOf(bytes) }));
  }

  async completeMultipart(key: FileKey, multipartId: string, parts: StoredPart[]): Promise<MultipartOutcome> {
    const multipart = this.multiparts.get(multipartId);
    if (!multipart) return 'gone';
    if (this.files.has(pathOf(key))) return 'exists';
    const chosen = parts.map(({ partNumber }) => multipart.parts.get(partNumber) ?? Buffer.alloc(0));
    const isRefused = parts.some(({ etag }, i) => etagOf(chosen[i]!) !== etag || (i < parts.length - 1 && chosen[i]!.length < SMALLEST_PART));
    if (isRefused) return 'refused';
    this.put(key, Buffer.concat(chosen), multipart.contentType);
    this.multiparts.delete(multipartId);
    return 'completed';
  }

  async *everyFile(): AsyncIterable<{ path: string; size: number }> {
    for (const [path, { bytes }] of this.files) yield { path, size: bytes.length };
  }

  async *everyUnfinished(): AsyncIterable<string> {
    for (const { path } of this.multiparts.values()) yield path;
  }
}
