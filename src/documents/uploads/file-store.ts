/** Names the bytes of one version of a document. */
export interface FileKey {
  userId: string;
  documentId: string;
  versionId: string;
}

/** Where the bytes are kept: made of ids alone, never of names. */
export const pathOf = ({ userId, documentId, versionId }: FileKey): string => `documents/${userId}/${documentId}/${versionId}`;

/** The document that a path belongs to. */
export const documentIn = (path: string): string => path.split('/')[2] ?? '';

/** What an upload must be; the store itself refuses anything else. */
export interface Promised {
  contentType: string;
  size: number;
  checksumSha256?: string;
}

export interface SignedRequest {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  url: string;
  /** Headers that the client has to send exactly so; a browser adds `content-length` itself. */
  headers: Record<string, string>;
  /** RFC 3339. */
  expiresAt: string;
}

export interface StoredFile {
  size: number;
  contentType: string;
  checksumSha256?: string;
}

export interface DownloadAs {
  contentDisposition: string;
  contentType: string;
}

export interface PartRequest {
  partNumber: number;
  /** Exact length of the part, when it is known; then the store refuses another. */
  size?: number;
}

export interface SignedPart {
  partNumber: number;
  url: string;
  headers: Record<string, string>;
}

export interface StoredPart {
  partNumber: number;
  size: number;
  etag: string;
}

export type MultipartAction =
  | { kind: 'start'; contentType: string }
  | { kind: 'complete'; multipartId: string; size: number }
  | { kind: 'list' | 'abort'; multipartId: string };

/** How a completion went. */
export type MultipartOutcome = 'completed' | 'exists' | 'gone' | 'refused';

export const UPLOAD_SECONDS = 15 * 60;
export const DOWNLOAD_SECONDS = 5 * 60;

/** Bytes of documents. Clients send and fetch them directly, with requests that this store signs. */
export abstract class FileStore {
  /**
   * One PUT of exactly the promised bytes, and only while nothing is stored under the key. With `from`, in milliseconds since
   * the epoch, it expires as one that was signed then.
   */
  abstract signUpload(key: FileKey, promised: Promised, from?: number): Promise<SignedRequest>;

  abstract signDownload(key: FileKey, as: DownloadAs, seconds: number): Promise<SignedRequest>;

  abstract stat(key: FileKey): Promise<StoredFile | undefined>;

  /** Up to `length` bytes from the start, none of an empty file; `undefined` when there is no file (any more). */
  abstract head(key: FileKey, length: number): Promise<Buffer | undefined>;

  /** SHA-256 of the whole file in base64, by reading it; `undefined` when there is no file (any more). */
  abstract hash(key: FileKey): Promise<string | undefined>;

  /** Removes the file and every unfinished multipart upload of it. Repeatable. */
  abstract discard(key: FileKey): Promise<void>;

  /** The same for all versions of a document. */
  abstract discardAll(key: Omit<FileKey, 'versionId'>): Promise<void>;

  /**
   * The same for all of an owner's documents but those that `isKept` says to keep; stops between files when `signal` aborts.
   */
  abstract discardOwned(userId: string, isKept: (documentId: string) => Promise<boolean>, signal?: AbortSignal): Promise<void>;

  /** Begins a multipart upload and gives its id. */
  abstract startMultipart(key: FileKey, contentType: string): Promise<string>;

  /** Ends a multipart upload without a file. Repeatable. */
  abstract abortMultipart(key: FileKey, multipartId: string): Promise<void>;

  /** Ends all multipart uploads of a key; a file under it stays. Repeatable. */
  abstract abortUnfinished(key: FileKey): Promise<void>;

  abstract signParts(key: FileKey, multipartId: string, parts: PartRequest[]): Promise<SignedPart[]>;

  /** One request of a multipart upload that the client itself carries out. */
  abstract signMultipart(key: FileKey, action: MultipartAction): Promise<SignedRequest>;

  /** Parts stored so far in order, or nothing when the upload does not exist (any more). */
  abstract listParts(key: FileKey, multipartId: string): Promise<StoredPart[] | undefined>;

  /** `exists`: the key has a file already; `gone`: no such upload; `refused`: parts are missing, too small or have other ETags. */
  abstract completeMultipart(key: FileKey, multipartId: string, parts: StoredPart[]): Promise<MultipartOutcome>;

  /** Paths and sizes of all files, for the audit. */
  abstract everyFile(): AsyncIterable<{ path: string; size: number }>;

  /** Paths of all multipart uploads that are not finished, for the audit. */
  abstract everyUnfinished(): AsyncIterable<string>;
}
