/**
 * Generated from openapi.json by `npm run openapi`: do not edit.
 */
export type ProfilePreferences = {[key: string]: unknown};

export interface Profile {
  userId: string;
  /**
     * @minLength 1
     * @maxLength 100
     */
  displayName: string;
  /**
     * @minLength 1
     * @maxLength 100
     */
  givenName?: string;
  /**
     * @minLength 1
     * @maxLength 100
     */
  familyName?: string;
  /** @maxLength 254 */
  email?: string;
  locale?: string;
  timeZone?: string;
  /**
     * @minLength 0
     * @maxLength 1000
     */
  bio?: string;
  preferences?: ProfilePreferences;
  avatarDocumentId?: string;
  /** @minimum 1 */
  version: number;
  createdAt: string;
  updatedAt: string;
}

export type ProfileInputPreferences = {[key: string]: unknown};

export interface ProfileInput {
  /**
     * @minLength 1
     * @maxLength 100
     */
  displayName: string;
  /**
     * @minLength 1
     * @maxLength 100
     */
  givenName?: string;
  /**
     * @minLength 1
     * @maxLength 100
     */
  familyName?: string;
  /** @maxLength 254 */
  email?: string;
  locale?: string;
  timeZone?: string;
  /**
     * @minLength 0
     * @maxLength 1000
     */
  bio?: string;
  preferences?: ProfileInputPreferences;
  avatarDocumentId?: string;
}

/**
 * A JSON merge patch (RFC 7396) of ProfileInput.
 */
export interface ProfilePatch {[key: string]: unknown}

export interface ProfileCard {
  userId: string;
  displayName: string;
  avatarUrl?: string;
}

export interface ProfilePage {
  items: Profile[];
  nextCursor?: string;
}

export type DocumentStatus = 'pending' | 'ready' | 'rejected' | 'trashed';
/**
 * Why it is rejected.
 */
export type DocumentReason = 'aborted' | 'expired' | 'mismatch';
export interface Document {
  id: string;
  name: string;
  contentType: string;
  size: number;
  checksumSha256?: string;
  folder?: string;
  tags: string[];
  status: DocumentStatus;
  /** Why it is rejected. */
  reason?: DocumentReason;
  /** @minimum 1 */
  version: number;
  createdAt: string;
  updatedAt: string;
}

export interface DocumentPage {
  items: Document[];
  nextCursor?: string;
}

export type DocumentUsageLimits = {
  /** @minimum 0 */
  bytes: number;
  /** @minimum 0 */
  documents: number;
  /** @minimum 0 */
  pendingUploads: number;
  /** @minimum 0 */
  fileBytes: number;
};

export interface DocumentUsage {
  /** @minimum 0 */
  documents: number;
  /** @minimum 0 */
  bytes: number;
  limits: DocumentUsageLimits;
}

/**
 * A JSON merge patch (RFC 7396) of name, folder and tags.
 */
export interface DocumentPatch {[key: string]: unknown}

export interface DocumentInput {
  /**
     * @minLength 1
     * @maxLength 255
     */
  name: string;
  /**
     * @maxLength 255
     * @pattern ^[!#$%&'*+.^_`|~0-9A-Za-z-]+\/[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:[ \t]*;[ \t]*[!#$%&'*+.^_`|~0-9A-Za-z-]+=(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+|"(?:[\t \x21\x23-\x5b\x5d-\x7e]|\\[\t \x21-\x7e])*"))*$
     */
  contentType: string;
  /** @minimum 0 */
  size: number;
  /** @pattern ^[A-Za-z0-9+/]{43}=$ */
  checksumSha256?: string;
  /**
     * @minLength 1
     * @maxLength 255
     */
  folder?: string;
  /**
     * @maxItems 10
     * @items.minLength 1
     * @items.maxLength 50
     */
  tags?: string[];
}

export type UploadTicket = {
  strategy: 'single';
  method: 'PUT';
  url: string;
  /** Send exactly these, and the bytes as the body. */
  headers: {[key: string]: string};
  expiresAt: string;
} | {
  strategy: 'multipart';
  partSize: number;
  partCount: number;
  expiresAt: string;
};

export interface DocumentWithTicket {
  document: Document;
  upload: UploadTicket;
}

export interface NewTicket {
  upload: UploadTicket;
}

export interface PartsRequest {
  /**
     * @minItems 1
     * @maxItems 1000
     * @items.minimum 1
     * @items.maximum 10000
     */
  partNumbers: number[];
}

export type SignedPartsPartsItemHeaders = {[key: string]: string};

export type SignedPartsPartsItem = {
  partNumber: number;
  url: string;
  headers: SignedPartsPartsItemHeaders;
};

export interface SignedParts {
  parts: SignedPartsPartsItem[];
}

export type StoredPartsPartsItem = {
  partNumber: number;
  size: number;
  etag: string;
};

export interface StoredParts {
  parts: StoredPartsPartsItem[];
}

export type UploadCompletionPartsItem = {
  /**
     * @minimum 1
     * @maximum 10000
     */
  partNumber: number;
  /**
     * @minLength 1
     * @maxLength 200
     */
  etag: string;
};

export interface UploadCompletion {
  /**
     * @minItems 1
     * @maxItems 10000
     */
  parts?: UploadCompletionPartsItem[];
}

export type SignRequest = {
  /**
     * A document's id, or the key of an earlier answer.
     * @minLength 1
     * @maxLength 1024
     */
  key: string;
  /** @maxLength 255 */
  contentType?: string;
  expiresIn?: number;
  method: 'PUT';
} | {
  /**
     * A document's id, or the key of an earlier answer.
     * @minLength 1
     * @maxLength 1024
     */
  key: string;
  /** @maxLength 255 */
  contentType?: string;
  expiresIn?: number;
  method: 'PUT';
  /**
     * @minLength 1
     * @maxLength 1024
     */
  uploadId: string;
  /**
     * @minimum 1
     * @maximum 10000
     */
  partNumber: number;
} | {
  /**
     * A document's id, or the key of an earlier answer.
     * @minLength 1
     * @maxLength 1024
     */
  key: string;
  /** @maxLength 255 */
  contentType?: string;
  expiresIn?: number;
  method: 'POST';
  /**
     * @minLength 1
     * @maxLength 1024
     */
  uploadId?: string;
} | {
  /**
     * A document's id, or the key of an earlier answer.
     * @minLength 1
     * @maxLength 1024
     */
  key: string;
  /** @maxLength 255 */
  contentType?: string;
  expiresIn?: number;
  method: 'GET' | 'DELETE';
  /**
     * @minLength 1
     * @maxLength 1024
     */
  uploadId: string;
};

export type SignedRequestHeaders = {[key: string]: string};

export interface SignedRequest {
  url: string;
  key: string;
  headers: SignedRequestHeaders;
}

export interface Download {
  url: string;
  expiresAt: string;
}

export interface ContentInput {
  /**
     * @maxLength 255
     * @pattern ^[!#$%&'*+.^_`|~0-9A-Za-z-]+\/[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:[ \t]*;[ \t]*[!#$%&'*+.^_`|~0-9A-Za-z-]+=(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+|"(?:[\t \x21\x23-\x5b\x5d-\x7e]|\\[\t \x21-\x7e])*"))*$
     */
  contentType: string;
  /** @minimum 0 */
  size: number;
  /** @pattern ^[A-Za-z0-9+/]{43}=$ */
  checksumSha256?: string;
}

export interface DocumentVersion {
  id: string;
  /** The document's version that published it. */
  version: number;
  contentType: string;
  size: number;
  checksumSha256?: string;
  createdAt: string;
  current: boolean;
}

export interface DocumentHistory {
  items: DocumentVersion[];
}

export interface ShareInput {
  expiresAt?: string;
  /**
     * Seconds from now; a day when nothing is said.
     * @minimum 1
     * @maximum 604800
     */
  expiresIn?: number;
  /**
     * @minLength 1
     * @maxLength 256
     */
  password?: string;
  /**
     * @minimum 1
     * @maximum 1000000
     */
  maxDownloads?: number;
}

export interface NewShare {
  id: string;
  createdAt: string;
  expiresAt: string;
  hasPassword: boolean;
  maxDownloads?: number;
  downloads: number;
  token: string;
  url: string;
}

export interface Share {
  id: string;
  createdAt: string;
  expiresAt: string;
  hasPassword: boolean;
  maxDownloads?: number;
  downloads: number;
}

export interface SharePage {
  items: Share[];
  nextCursor?: string;
}

export interface SharedFile {
  name: string;
  contentType: string;
  size: number;
  url: string;
  expiresAt: string;
}

export interface ShareUnlocking {
  /**
     * @minLength 1
     * @maxLength 256
     */
  password?: string;
}

export type SessionDataProperty = {[key: string]: unknown};

export interface Session {
  data: SessionDataProperty;
  expiresAt: string;
}

/**
 * Any JSON object of up to 32 KiB, nested no deeper than 16 levels.
 */
export interface SessionData {[key: string]: unknown}

/**
 * A JSON merge patch (RFC 7396) of the data.
 */
export interface SessionPatch {[key: string]: unknown}

export interface SignIn {
  id: string;
  createdAt: string;
  lastSeenAt: string;
  userAgent?: string;
  /** Present on the sign-in that asks. */
  current?: true;
}

export interface SignInPage {
  items: SignIn[];
  nextCursor?: string;
}

/**
 * @nullable
 */
export type AccountExportProfile = {[key: string]: unknown} | null;

export type AccountExportUsage = {[key: string]: unknown};

export type AccountExportSignInsItem = {[key: string]: unknown};

export type AccountExportSessionsItem = {[key: string]: unknown};

export type AccountExportRequestsItem = {[key: string]: unknown};

export type AccountExportDocumentsItem = {[key: string]: unknown};

export interface AccountExport {
  userId: string;
  exportedAt: string;
  /** @nullable */
  profile: AccountExportProfile;
  usage: AccountExportUsage;
  signIns: AccountExportSignInsItem[];
  sessions: AccountExportSessionsItem[];
  requests: AccountExportRequestsItem[];
  documents: AccountExportDocumentsItem[];
}

export type HealthStatus = 'ok';
export interface Health {
  status: HealthStatus;
}

export type ProblemType = '/problems/validation' | '/problems/unauthenticated' | '/problems/password-required' | '/problems/wrong-password' | '/problems/forbidden' | '/problems/not-found' | '/problems/method-not-allowed' | '/problems/request-timeout' | '/problems/conflict' | '/problems/not-ready' | '/problems/not-uploaded' | '/problems/quota-exceeded' | '/problems/request-in-progress' | '/problems/stale' | '/problems/too-large' | '/problems/unsupported-media-type' | '/problems/upload-mismatch' | '/problems/idempotency-key-reused' | '/problems/precondition-required' | '/problems/rate-limited' | '/problems/headers-too-large' | '/problems/internal' | '/problems/unavailable';
export type ProblemErrorsItem = {
  pointer: string;
  detail: string;
};

/**
 * Problem details (RFC 9457). `type` ends in the kind.
 */
export interface Problem {
  type: ProblemType;
  title: string;
  /**
     * @minimum 400
     * @maximum 599
     */
  status: number;
  /** For people, about this occurrence. */
  detail: string;
  /** The path that was asked for. */
  instance: string;
  /** What is wrong, each with a JSON pointer (RFC 6901) into the request. */
  errors?: ProblemErrorsItem[];
  /** Of `quota-exceeded` and `too-large`: which limit. */
  quota?: string;
  limit?: number;
  used?: number;
  requested?: number;
}

/**
 * `not-found`: There is no such thing, or it is not yours.
 */
export type NotFoundResponse = Problem;

/**
 * `unauthenticated`: There is no valid access token. Sign in, or refresh it.
 */
export type UnauthenticatedResponse = Problem;

/**
 * `rate-limited`: Too many requests: try again after `Retry-After`.
 */
export type RateLimitedResponse = Problem;

/**
 * `internal`: Something went wrong on our side; nothing is half-done.
 */
export type InternalResponse = Problem;

/**
 * `unavailable`: Temporarily unavailable: try again after `Retry-After`.
 */
export type UnavailableResponse = Problem;

/**
 * `validation`: The request is not valid; `errors` says where.
 */
export type ValidationResponse = Problem;

/**
 * `request-timeout`: The request took too long to arrive.
 */
export type RequestTimeoutResponse = Problem;

/**
 * `too-large`: The body is larger than 64 KiB, or the promised file larger than allowed.
 */
export type TooLargeResponse = Problem;

/**
 * `unsupported-media-type`: Send application/json (or application/merge-patch+json to PATCH).
 */
export type UnsupportedMediaTypeResponse = Problem;

/**
 * `stale`: It has changed since it was read. Read it again and repeat the change.
 */
export type StaleResponse = Problem;

/**
 * `precondition-required`: Send `If-Match` with the ETag of what you want to change.
 */
export type PreconditionRequiredResponse = Problem;

/**
 * `forbidden`: The user is not in the group that this needs.
 */
export type ForbiddenResponse = Problem;

/**
 * `quota-exceeded`: It would exceed a limit of the user; `quota`, `limit`, `used` and `requested` say which.
 * `request-in-progress`: The first request with this `Idempotency-Key` is still running: try again after `Retry-After`.
 */
export type QuotaExceededRequestInProgressResponse = Problem;

/**
 * `idempotency-key-reused`: The `Idempotency-Key` was used with another body.
 */
export type IdempotencyKeyReusedResponse = Problem;

/**
 * `conflict`: The resource is in a state that does not allow this.
 */
export type ConflictResponse = Problem;

/**
 * `conflict`: The resource is in a state that does not allow this.
 * `not-uploaded`: The bytes have not been uploaded yet; `errors` names missing parts.
 * `quota-exceeded`: It would exceed a limit of the user; `quota`, `limit`, `used` and `requested` say which.
 */
export type ConflictNotUploadedQuotaExceededResponse = Problem;

/**
 * `upload-mismatch`: The bytes are not what was promised and were removed; `errors` says what differs.
 */
export type UploadMismatchResponse = Problem;

/**
 * `not-ready`: The document has no content that could be given.
 */
export type NotReadyResponse = Problem;

/**
 * `conflict`: The resource is in a state that does not allow this.
 * `not-ready`: The document has no content that could be given.
 * `quota-exceeded`: It would exceed a limit of the user; `quota`, `limit`, `used` and `requested` say which.
 * `request-in-progress`: The first request with this `Idempotency-Key` is still running: try again after `Retry-After`.
 */
export type ConflictNotReadyQuotaExceededRequestInProgressResponse = Problem;

/**
 * `not-ready`: The document has no content that could be given.
 * `request-in-progress`: The first request with this `Idempotency-Key` is still running: try again after `Retry-After`.
 */
export type NotReadyRequestInProgressResponse = Problem;

/**
 * `password-required`: The share needs a password: POST it.
 */
export type PasswordRequiredResponse = Problem;

/**
 * `password-required`: The share needs a password: POST it.
 * `wrong-password`: The password is wrong.
 */
export type PasswordRequiredWrongPasswordResponse = Problem;

/**
 * The ETag of the version to change; `*` for any.
 */
export type IfMatchParameter = string;

/**
 * Only do it while this is the version.
 */
export type IfMatchOptionalParameter = string;

/**
 * Answer 304 without a body when this is still the version.
 */
export type IfNoneMatchParameter = string;

/**
 * `*`: create only, never replace.
 */
export type IfNoneMatchAnyParameter = string;

/**
 * The same key and body give the first answer again for 24 hours, from any task.
 */
export type IdempotencyKeyParameter = string;

export type ProfilesListParams = {
/**
 * @minimum 1
 * @maximum 100
 */
limit?: number;
/**
 * @minLength 1
 * @maxLength 2048
 */
cursor?: string;
/**
 * @maxLength 254
 */
email?: string;
};

export type DocumentsListParams = {
/**
 * @minimum 1
 * @maximum 100
 */
limit?: number;
/**
 * @minLength 1
 * @maxLength 2048
 */
cursor?: string;
/**
 * @minLength 1
 * @maxLength 255
 */
folder?: string;
/**
 * @minLength 1
 * @maxLength 50
 */
tag?: string;
status?: DocumentsListStatus;
};

export type DocumentsListStatus = 'pending' | 'ready' | 'rejected' | 'trashed';
export type DocumentsRemoveParams = {
permanent?: DocumentsRemovePermanent;
};

export type DocumentsRemovePermanent = 'true' | 'false';
export type DownloadsDownloadParams = {
disposition?: DownloadsDownloadDisposition;
/**
 * @minLength 1
 * @maxLength 64
 */
version?: string;
};

export type DownloadsDownloadDisposition = 'attachment' | 'inline';
export type SharesListParams = {
/**
 * @minimum 1
 * @maximum 100
 */
limit?: number;
/**
 * @minLength 1
 * @maxLength 2048
 */
cursor?: string;
};

export type SignInsListParams = {
/**
 * @minimum 1
 * @maximum 100
 */
limit?: number;
/**
 * @minLength 1
 * @maxLength 2048
 */
cursor?: string;
};

