import type { Caller, CallOptions, Operation, Reply } from './caller.js';
import { NetworkError, Problem, problemOf } from './problem.js';
import { Tokens, type TokenProvider } from './tokens.js';
import { backoff, delay } from './waiting.js';

export interface ClientOptions {
  /** Where the API is, such as `https://api.example.com`; '' for the page's own origin. */
  baseUrl: string;
  token?: TokenProvider;
  /** How often a call is repeated that failed for reasons that pass; 4 by default. */
  retries?: number;
  /** How long one attempt may take; 30,000 ms by default. */
  timeout?: number;
  /** The longest `Retry-After` that is waited for; what asks for more fails at once. 20,000 ms by default. */
  longestWait?: number;
  /** Sees every answer of the service, failures included; for showing which task answered, or for metrics. */
  onResponse?: (response: Response, request: { method: string; path: string }) => void;
  fetch?: typeof fetch;
}

interface Request extends Operation {
  method: string;
  path: string;
  options: CallOptions;
}

/** One call is one or more attempts: with a token, a deadline, and patience for what passes. */
export class Transport implements Caller {
  private readonly tokens: Tokens;

  constructor(private readonly client: ClientOptions) {
    this.tokens = new Tokens(client.token);
  }

  async call<T>(method: string, path: string, operation: Operation, options: CallOptions = {}): Promise<Reply<T>> {
    const request: Request = { ...operation, method, path: path + queryOf(operation.query), options };
    // The key is the same in every attempt: that is what makes a creation repeatable.
    if (operation.creates) request.options = { ...options, idempotencyKey: options.idempotencyKey ?? crypto.randomUUID() };
    const retries = options.retries ?? this.client.retries ?? 4;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.authorized<T>(request);
      } catch (error) {
        const wait = attempt < retries ? waitAfter(error, attempt, isRepeatable(request)) : undefined;
        if (wait === undefined || wait > (this.client.longestWait ?? 20_000)) throw error;
        await delay(wait, options.signal);
      }
    }
  }

  /** An attempt, with one more when the token was refused and there is another. */
  private async authorized<T>(request: Request): Promise<Reply<T>> {
    const token = request.isPublic ? undefined : await this.tokens.current();
    try {
      return await this.attempt<T>(request, token);
    } catch (error) {
      if (token === undefined || !Problem.is(error, 'unauthenticated')) throw error;
      const other = await this.tokens.instead(token);
      if (other === undefined) throw error;
      return this.attempt<T>(request, other);
    }
  }

  private async attempt<T>(request: Request, token: string | undefined): Promise<Reply<T>> {
    const { method, path, body, options } = request;
    const deadline = AbortSignal.timeout(this.client.timeout ?? 30_000);
    const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
    const init: RequestInit = { method, headers: headersOf(request, token), signal };
    if (body !== undefined) init.body = JSON.stringify(body);
    try {
      // Called as a plain function: a browser's own fetch refuses another `this`.
      const { fetch = globalThis.fetch } = this.client;
      const response = await fetch(this.client.baseUrl + path, init);
      this.client.onResponse?.(response, { method, path });
      return await replyOf<T>(response);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (error instanceof Problem) throw error;
      throw new NetworkError(deadline.aborted ? 'The service did not answer in time.' : 'The service could not be reached.', { cause: error });
    }
  }
}

/** Every call of this API may be repeated, but a share counts each time that its password opens it. */
const isRepeatable = ({ method, isPublic }: Request): boolean => method !== 'POST' || !isPublic;

const PASSING = new Set([408, 500, 502, 503, 504]);

/** Milliseconds until another attempt makes sense; undefined when none does. */
function waitAfter(error: unknown, attempt: number, isRepeatable: boolean): number | undefined {
  if (error instanceof NetworkError) return isRepeatable ? backoff(attempt) : undefined;
  if (!(error instanceof Problem)) return undefined;
  const isRefused = error.status === 429 || error.kind === 'request-in-progress';
  if (!isRefused && !(isRepeatable && PASSING.has(error.status))) return undefined;
  return (error.retryAfter ?? 0) * 1_000 + backoff(attempt);
}

function headersOf({ body, method, options }: Request, token: string | undefined): Record<string, string> {
  const { ifMatch, ifNoneMatch, idempotencyKey, headers } = options;
  return {
    accept: 'application/json, application/problem+json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(body !== undefined && { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' }),
    ...(ifMatch !== undefined && { 'if-match': ifMatch }),
    ...(ifNoneMatch !== undefined && { 'if-none-match': ifNoneMatch }),
    ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    ...headers,
  };
}

function queryOf(query: object = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()}`;
}

async function replyOf<T>(response: Response): Promise<Reply<T>> {
  if (!response.ok && response.status !== 304) throw await problemOf(response);
  const text = await response.text();
  const { status, headers } = response;
  return { data: (text === '' ? undefined : JSON.parse(text)) as T, status, etag: headers.get('etag') ?? undefined, headers };
}
