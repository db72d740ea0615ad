/** What a call may say beyond its operation. */
export interface CallOptions {
  signal?: AbortSignal;
  /** The ETag of the version to change, as an earlier reply gave it. */
  ifMatch?: string;
  /** Answer with status 304 and no data when this is still the version; `*` with PUT: create only. */
  ifNoneMatch?: string;
  /** Names this creation; by default a new random one. Give your own to repeat it after a reload. */
  idempotencyKey?: string;
  /** How often a failed attempt is repeated; 0 for never. */
  retries?: number;
  headers?: Record<string, string>;
}

export interface Reply<T> {
  data: T;
  status: number;
  /** The version that `data` is: give it as `ifMatch` to change exactly that. */
  etag?: string;
  headers: Headers;
}

/** One operation as the generated functions describe it. */
export interface Operation {
  body?: unknown;
  query?: object;
  /** It makes something new: it gets an `Idempotency-Key`. */
  creates?: boolean;
  isPublic?: boolean;
}

/** Calls the API; the generated functions are written against it. */
export interface Caller {
  call<T>(method: string, path: string, operation: Operation, options?: CallOptions): Promise<Reply<T>>;
}
