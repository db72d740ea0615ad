/** Every kind of failure that a client can see, with its HTTP status: the one total table from inside to outside. */
export const HTTP_STATUS = {
  validation: 400,
  unauthenticated: 401,
  'password-required': 401,
  'wrong-password': 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'request-timeout': 408,
  conflict: 409,
  'not-ready': 409,
  'not-uploaded': 409,
  'quota-exceeded': 409,
  'request-in-progress': 409,
  stale: 412,
  'too-large': 413,
  'unsupported-media-type': 415,
  'upload-mismatch': 422,
  'idempotency-key-reused': 422,
  'precondition-required': 428,
  'rate-limited': 429,
  'headers-too-large': 431,
  internal: 500,
  unavailable: 503,
} as const satisfies Record<string, number>;

export type ErrorKind = keyof typeof HTTP_STATUS;

/** One thing that is wrong in a request body or query; `pointer` is an RFC 6901 JSON pointer. */
export interface FieldError {
  pointer: string;
  detail: string;
}

export interface AppErrorOptions {
  cause?: unknown;
  errors?: FieldError[];
  /** Response headers that belong to the failure, such as `Retry-After`. */
  headers?: Record<string, string>;
  /** Extension members of the problem document (RFC 9457 §3.2). */
  extra?: Record<string, unknown>;
}

/** The only error that services and adapters throw on purpose. `detail` is shown to the client: no names of tables or hosts. */
export class AppError extends Error {
  readonly errors?: FieldError[];
  readonly headers?: Record<string, string>;
  readonly extra?: Record<string, unknown>;

  constructor(
    readonly kind: ErrorKind,
    readonly detail: string,
    options: AppErrorOptions = {},
  ) {
    super(detail, { cause: options.cause });
    this.name = 'AppError';
    this.errors = options.errors;
    this.headers = options.headers;
    this.extra = options.extra;
  }

  get status(): number {
    return HTTP_STATUS[this.kind];
  }
}

export const isKind = (error: unknown, kind: ErrorKind): error is AppError =>
  error instanceof AppError && error.kind === kind;

/** What the client may try again: something that we depend on did not answer. */
export const toUnavailable = (cause?: unknown): AppError =>
  new AppError('unavailable', 'The service is not available at the moment. Try again.', { cause, headers: { 'Retry-After': '1' } });
