import type { Problem as ProblemDocument } from './generated/api.schemas.js';

type KindOf<T> = T extends `/problems/${infer Kind}` ? Kind : never;

/** Every kind of failure that the API names. */
export type ProblemKind = KindOf<ProblemDocument['type']>;

/** The API refused a call (RFC 9457). `kind` says why; `message` is the detail for people. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly kind: ProblemKind;
  readonly status: number;
  /** What is wrong where, as JSON pointers into the request. */
  readonly errors: readonly { pointer: string; detail: string }[];
  /** Seconds to wait, when the service said so. */
  readonly retryAfter?: number;
  readonly requestId?: string;

  constructor(
    readonly document: ProblemDocument,
    headers: Headers,
  ) {
    super(document.detail);
    this.kind = document.type.slice(document.type.lastIndexOf('/') + 1) as ProblemKind;
    this.status = document.status;
    this.errors = document.errors ?? [];
    this.retryAfter = secondsOf(headers.get('retry-after'));
    this.requestId = headers.get('x-request-id') ?? undefined;
  }

  /** True for a problem of one of these kinds, or of any kind when none is named. */
  static is(error: unknown, ...kinds: ProblemKind[]): error is Problem {
    return error instanceof Problem && (kinds.length === 0 || kinds.includes(error.kind));
  }
}

/** No answer came: offline, the connection broke, or a deadline passed. Nothing is known about what was done. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
}

/** The file is not the one that the upload began with: it was changed, moved or removed meanwhile. */
export class FileChangedError extends Error {
  override readonly name = 'FileChangedError';

  constructor(options?: ErrorOptions) {
    super('The file has changed since its upload began. Choose it again to upload what it is now.', options);
  }
}

function secondsOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1_000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

/** The problem in a failed response; one of our own making when something in between answered. */
export async function problemOf(response: Response): Promise<Problem> {
  const { status, headers } = response;
  if (headers.get('content-type')?.startsWith('application/problem+json')) {
    return new Problem((await response.json()) as ProblemDocument, headers);
  }
  const kind: ProblemKind = status === 429 ? 'rate-limited' : [502, 503, 504].includes(status) ? 'unavailable' : 'internal';
  const detail = `Something between here and the service answered ${status}.`;
  return new Problem({ type: `/problems/${kind}`, title: response.statusText, status, detail, instance: '' }, headers);
}
