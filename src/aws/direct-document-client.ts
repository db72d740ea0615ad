import { hash, randomUUID } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  DynamoDBServiceException,
  GetItemCommand,
  TransactionCanceledException,
  TransactionInProgressException,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, type ServiceInputTypes, type ServiceOutputTypes } from '@aws-sdk/lib-dynamodb';
import { constructStack } from '@smithy/core/client';
import { getEndpointFromInstructions } from '@smithy/core/endpoints';
import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import { SoftState } from '../common/soft-state.js';
import type { DependencyGate } from './dependency-gate.js';
import { replyOf, requestBody } from './dynamo-json.js';
import { HttpPool } from './http-pool.js';
import type { Retries } from './retries.js';
import { basicTime, SigningKey, type Credentials } from './signing-key.js';

/** What this client needs of a command of `@aws-sdk/lib-dynamodb`; the SDK keeps it to itself. */
interface DocumentCommand {
  input: ServiceInputTypes;
  clientCommand: { schema: [kind: number, namespace: string, operation: string] };
}
type Output = ServiceOutputTypes & { $metadata: { attempts?: number; httpStatusCode?: number } };
interface Args {
  input: ServiceInputTypes;
  /** The same for all attempts of a call. */
  callId: string;
}
type RetryInfo = Parameters<Retries['refreshRetryTokenForRetry']>[1];
type Handler = (args: Args) => Promise<{ response: unknown; output: Output }>;

interface Target {
  pool: HttpPool;
  host: string;
  path: string;
  key: SigningKey;
}
export interface ConnectionLimits {
  connections: number;
  connectMs: number;
  silenceMs: number;
}

type ExceptionOptions = ConstructorParameters<typeof TransactionInProgressException>[0];
const EXCEPTIONS: Record<string, new (options: ExceptionOptions) => DynamoDBServiceException> = { ConditionalCheckFailedException, TransactionCanceledException, TransactionInProgressException };

/**
 * The document client of the SDK with the same commands, replies, exceptions, credentials, endpoint rules and middleware, but a
 * shorter way: attributes are written and read in one pass, the signing key is kept, and undici carries the bytes. A call takes
 * about a tenth of the SDK's CPU; see docs/adr/0025-direct-dynamodb.md.
 */
@SoftState({ holds: 'the endpoint, its connections, and the middleware of each operation', bound: 'one endpoint, its connections, ten operations', maxAge: 'the process; idle connections 20 s', ifLost: 'nothing: connected again' })
export class DirectDocumentClient extends DynamoDBDocumentClient {
  override readonly middlewareStack = constructStack<ServiceInputTypes, ServiceOutputTypes>();
  private readonly resolved = new Map<string, Handler>();
  private target?: Promise<Target>;

  constructor(
    client: DynamoDBClient,
    private readonly gate: DependencyGate,
    private readonly retries: Retries,
    private readonly limits: ConnectionLimits,
  ) {
    super(client);
    this.middlewareStack.add((next) => (args) => this.withRetries(() => next(args) as ReturnType<Handler>) as never, { step: 'finalizeRequest', name: 'retries' });
    const add = this.middlewareStack.add.bind(this.middlewareStack);
    this.middlewareStack.add = (...added: unknown[]) => {
      this.resolved.clear();
      add(...(added as Parameters<typeof add>));
    };
  }

  /** Rejects with the SDK's exceptions, with `TimeoutError` and with a network error's `code`. */
  override async send(command: unknown): Promise<never> {
    const { input, clientCommand } = command as DocumentCommand;
    const { output } = await this.handlerOf(clientCommand.schema[2])({ input, callId: randomUUID() });
    return output as never;
  }

  override destroy(): void {
    void this.target?.then(({ pool }) => pool.destroy(), () => undefined);
  }

  private handlerOf(operation: string): Handler {
    let handler = this.resolved.get(operation);
    if (!handler) {
      handler = this.middlewareStack.resolve(((args: Args) => this.attempt(operation, args)) as never, { commandName: `${operation}Command` }) as unknown as Handler;
      this.resolved.set(operation, handler);
    }
    return handler;
  }

  private async withRetries(attempt: () => ReturnType<Handler>): ReturnType<Handler> {
    let token = await this.retries.acquireInitialRetryToken('');
    for (;;) {
      try {
        const result = await attempt();
        this.retries.recordSuccess(token);
        result.output.$metadata.attempts = token.getRetryCount() + 1;
        return result;
      } catch (error) {
        const attempts = token.getRetryCount() + 1;
        try {
          token = await this.retries.refreshRetryTokenForRetry(token, { error: error as RetryInfo['error'], errorType: errorTypeOf(error as Error) });
        } catch {
          throw Object.assign(error as Error, { $metadata: { ...(error as DynamoDBServiceException).$metadata, attempts } });
        }
      }
    }
  }

  private async attempt(operation: string, { input, callId }: Args): ReturnType<Handler> {
    const target = await this.targetOnce();
    const body = requestBody(input);
    const headers = signedHeaders(target, await this.config.credentials(), `DynamoDB_20120810.${operation}`, body, Date.now());
    // As the SDK tells which attempts belong together: proxies and AWS's support go by it.
    headers['amz-sdk-invocation-id'] = callId;
    const { status, body: reply } = await this.gate.pass((allowedMs, budget) => target.pool.post(target.path, headers, body, allowedMs, budget));
    if (status !== 200) throw exceptionOf(status, reply);
    return { response: undefined, output: Object.assign(replyOf(reply), { $metadata: { httpStatusCode: status } }) as Output };
  }

  private targetOnce(): Promise<Target> {
    this.target ??= this.findTarget().catch((error: unknown) => {
      delete this.target;
      throw error;
    });
    return this.target;
  }

  private async findTarget(): Promise<Target> {
    const { url } = await getEndpointFromInstructions({}, GetItemCommand, this.config as never);
    return { pool: new HttpPool(url.origin, this.limits), host: url.host, path: url.pathname, key: new SigningKey(await this.config.region(), 'dynamodb') };
  }
}

/** SigV4 in the `Authorization` header (AWS General Reference, "Create a signed AWS API request"). */
export function signedHeaders({ host, path, key }: Pick<Target, 'host' | 'path' | 'key'>, credentials: Credentials, operation: string, body: string, at: number): Record<string, string> {
  const time = basicTime(at);
  const headers: Record<string, string> = {
    'content-type': 'application/x-amz-json-1.0',
    host,
    'x-amz-date': time,
    ...(credentials.sessionToken && { 'x-amz-security-token': credentials.sessionToken }),
    'x-amz-target': operation,
  };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`).join('');
  const canonical = hash('sha256', `POST\n${path}\n\n${lines}\n${names}\n${hash('sha256', body)}`);
  const signature = key.signature(credentials, time, canonical);
  headers['authorization'] = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${key.scope(time)}, SignedHeaders=${names}, Signature=${signature}`;
  return headers;
}

function exceptionOf(status: number, body: string): DynamoDBServiceException {
  const { __type = 'UnknownError', Message, message = Message ?? '', ...rest } = fieldsOf(body);
  const name = __type.slice(__type.lastIndexOf('#') + 1);
  const options = { ...rest, name, message, $fault: status < 500 ? ('client' as const) : ('server' as const), $metadata: { httpStatusCode: status } };
  const Exception = EXCEPTIONS[name];
  return Object.assign(Exception ? new Exception(options) : new DynamoDBServiceException(options), rest);
}

/** What stands between may answer in HTML. */
function fieldsOf(body: string): { __type?: string; message?: string; Message?: string } {
  try {
    return JSON.parse(body) as object;
  } catch {
    return {};
  }
}

function errorTypeOf(error: Error) {
  if (isThrottlingError(error as never)) return 'THROTTLING' as const;
  if (isTransientError(error as never) || (error as { code?: string }).code?.startsWith('UND_ERR_')) return 'TRANSIENT' as const;
  return isServerError(error as never) ? ('SERVER_ERROR' as const) : ('CLIENT_ERROR' as const);
}
