import { Agent, createServer, request as open, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { REFUSALS, type Answer, type HttpDependency, type Refusal } from './aws-errors.js';
import { Gate, type Door } from './gate.js';

/** One attempt that reached the proxy. */
export interface Attempt {
  method: string;
  path: string;
  /** `PutItem`, `GetSecretValue`, …: of AWS's JSON protocols; else the method. */
  operation: string;
  /** Of the same protocols, whose bodies are small; else nothing. */
  body: string;
}

export type HttpFault =
  | { kind: 'slow'; ms: number; jitterMs?: number }
  /** Taken, never passed on, never answered. */
  | { kind: 'hang' }
  /** The connection is reset before anything was passed on. */
  | { kind: 'reset' }
  /** Answered in place of the dependency. */
  | { kind: Refusal }
  | { kind: 'answer'; answer: Answer }
  /** Carried out by the dependency; its answer is lost. */
  | { kind: 'lose-reply' };

export interface Plan {
  fault: HttpFault;
  /** Of the attempts that it applies to; all by default. */
  share?: number;
  when?: (attempt: Attempt) => boolean;
  /** After so many it is over. */
  times?: number;
}

/** Stands between the service and one dependency that speaks HTTP; forwards byte for byte, so that signatures hold. */
export class HttpProxy {
  attempts = 0;
  /** How many attempts met a fault. */
  disturbed = 0;
  private readonly invocations = new Set<string>();
  private readonly agent = new Agent({ keepAlive: true });
  private readonly gate: Gate;
  private plans: { plan: Plan; left: number }[] = [];

  private constructor(
    private readonly target: { host: string; port: number },
    private readonly dependency: HttpDependency,
  ) {
    const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 }, (request, response) => void this.take(request, response));
    this.gate = new Gate(server);
  }

  static async to(address: string, dependency: HttpDependency): Promise<HttpProxy> {
    const { hostname, port } = new URL(address);
    const proxy = new HttpProxy({ host: hostname, port: Number(port) }, dependency);
    await proxy.gate.listen();
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${this.gate.port}`;
  }

  /** Calls that the SDK made; an attempt and its retries are one call. */
  get calls(): number {
    return this.invocations.size;
  }

  count(): { attempts: number; calls: number; disturbed: number } {
    return { attempts: this.attempts, calls: this.calls, disturbed: this.disturbed };
  }

  forget(): void {
    this.attempts = this.disturbed = 0;
    this.invocations.clear();
  }

  /** Adds a fault; the first that applies to an attempt is what happens to it. */
  inject(plan: Plan): void {
    this.plans.push({ plan, left: plan.times ?? Infinity });
  }

  door(door: Door): Promise<void> {
    return this.gate.set(door);
  }

  cut(): void {
    this.gate.cut();
  }

  /** Ends every fault; what hangs is reset. */
  async heal(): Promise<void> {
    const hadHanging = this.plans.some(({ plan }) => plan.fault.kind === 'hang');
    this.plans = [];
    if (hadHanging) this.gate.cut();
    await this.gate.set('open');
  }

  async close(): Promise<void> {
    await this.gate.close();
    this.agent.destroy();
  }

  private faultFor(attempt: Attempt): HttpFault | undefined {
    const found = this.plans.find(({ plan, left }) => left > 0 && (plan.when?.(attempt) ?? true) && Math.random() < (plan.share ?? 1));
    if (!found) return undefined;
    found.left -= 1;
    this.disturbed += 1;
    return found.plan.fault;
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.attempts += 1;
    const id = request.headers['amz-sdk-invocation-id'];
    this.invocations.add(typeof id === 'string' ? id : `unnamed ${this.attempts}`);
    response.on('error', () => {});
    const target = request.headers['x-amz-target'];
    const body = typeof target === 'string' ? await bodyOf(request) : undefined;
    const { method = '', url = '' } = request;
    const operation = typeof target === 'string' ? (target.split('.').at(-1) ?? '') : method;
    const fault = this.faultFor({ method, path: url, operation, body: body?.toString() ?? '' });
    if (!fault) return this.forward(request, response, body);
    switch (fault.kind) {
      case 'hang':
        return void request.resume();
      case 'reset':
        return void request.socket.resetAndDestroy();
      case 'slow':
        await delay(fault.ms + Math.random() * (fault.jitterMs ?? 0));
        return this.forward(request, response, body);
      case 'lose-reply':
        return this.forward(request, response, body, () => request.socket.resetAndDestroy());
      case 'answer':
        return answer(request, response, fault.answer);
      default:
        return answer(request, response, REFUSALS[this.dependency][fault.kind]());
    }
  }

  private forward(request: IncomingMessage, response: ServerResponse, body: Buffer | undefined, lose?: () => void): void {
    const { method, url: path, rawHeaders } = request;
    const onward = open({ ...this.target, method, path, agent: this.agent, headers: rawHeaders }, (reply) => {
      if (lose) return void reply.resume().on('end', lose).on('error', lose);
      response.writeHead(reply.statusCode ?? 502, reply.rawHeaders);
      reply.on('error', () => response.destroy()).pipe(response);
    });
    onward.on('error', () => request.socket.resetAndDestroy());
    response.on('close', () => onward.destroyed || response.writableFinished || onward.destroy());
    if (body) onward.end(body);
    else request.pipe(onward);
  }
}

/** Incomplete when the client leaves: then there is nobody to answer. */
async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    request.destroy();
  }
  return Buffer.concat(chunks);
}

function answer(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Answer): void {
  const send = () => response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
  if (request.complete && request.readableEnded) send();
  else request.resume().on('end', send);
}
