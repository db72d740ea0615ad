import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage, type OutgoingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** A task behind the balancer. */
export interface Target {
  name: string;
  port: number;
  /** Of the process that serves it now. */
  pid?: number;
}

interface Answer {
  status: number;
  headers: OutgoingHttpHeaders;
  body: Buffer;
}

const CHECK_MS = 250;
/** How long a request waits for any task at all. */
const PATIENCE_MS = 10_000;
const ANSWER_MS = 30_000;

/**
 * What a load balancer does in front of the tasks, small enough for a laptop: round robin over the healthy ones, and another
 * task for a request that a dying one did not answer, when it is safe to repeat. Says in `X-Served-By` who answered.
 */
export class Balancer {
  private readonly agent = new Agent({ keepAlive: true });
  private readonly server: Server;
  private readonly healthy = new Set<Target>();
  private readonly checking: NodeJS.Timeout;
  private turn = 0;

  private constructor(private readonly targets: Target[]) {
    this.server = createServer((incoming, outgoing) => {
      void this.handle(incoming, outgoing).catch(() => outgoing.destroy());
    });
    this.checking = setInterval(() => void this.check(), CHECK_MS);
  }

  static async start(port: number, targets: Target[]): Promise<Balancer> {
    const balancer = new Balancer(targets);
    balancer.server.listen(port, '127.0.0.1');
    await once(balancer.server, 'listening');
    await balancer.check();
    return balancer;
  }

  isHealthy(target: Target): boolean {
    return this.healthy.has(target);
  }

  async stop(): Promise<void> {
    clearInterval(this.checking);
    this.agent.destroy();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async check(): Promise<void> {
    await Promise.all(
      this.targets.map(async (target) => {
        const health = fetch(`http://127.0.0.1:${target.port}/health/ready`, { signal: AbortSignal.timeout(1_000) });
        const isReady = await health.then(({ ok }) => ok, () => false);
        if (isReady) this.healthy.add(target);
        else this.healthy.delete(target);
      }),
    );
  }

  private async handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = Buffer.concat(await incoming.toArray() as Buffer[]);
    const deadline = Date.now() + PATIENCE_MS;
    while (Date.now() < deadline) {
      const target = this.next();
      if (!target) {
        await delay(50);
        continue;
      }
      try {
        return answerWith(outgoing, await this.ask(target, incoming, body), target);
      } catch (error) {
        this.healthy.delete(target);
        const neverArrived = (error as { code?: string }).code === 'ECONNREFUSED';
        if (!neverArrived && !isRepeatable(incoming)) return refuse(outgoing, 502, 'The task ended before it answered.');
      }
    }
    refuse(outgoing, 503, 'No task is ready.');
  }

  private next(): Target | undefined {
    const ready = this.targets.filter((target) => this.healthy.has(target));
    this.turn += 1;
    return ready[this.turn % ready.length];
  }

  /** The whole answer, so that one that breaks off half-way can be asked for again. */
  private ask({ port }: Target, { method, url, headers, socket }: IncomingMessage, body: Buffer): Promise<Answer> {
    const forwarded = { ...headers, 'x-forwarded-for': socket.remoteAddress ?? '', 'x-forwarded-proto': 'http' };
    return new Promise((resolve, reject) => {
      const call = request({ host: '127.0.0.1', port, method, path: url, headers: forwarded, agent: this.agent, timeout: ANSWER_MS }, (response) => {
        response.toArray().then(
          (chunks: Buffer[]) => resolve({ status: response.statusCode ?? 502, headers: response.headers, body: Buffer.concat(chunks) }),
          reject,
        );
      });
      call.on('timeout', () => call.destroy(new Error('The task did not answer in time.')));
      call.on('error', reject);
      call.end(body);
    });
  }
}

/** RFC 9110 §9.2.2; a condition could fail on the second attempt's own first one, and a keyed creation is repeatable by contract. */
function isRepeatable({ method = '', headers }: IncomingMessage): boolean {
  if (headers['idempotency-key'] !== undefined) return true;
  return ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'].includes(method) && headers['if-match'] === undefined;
}

function answerWith(outgoing: ServerResponse, { status, headers, body }: Answer, { name, pid }: Target): void {
  const { connection: _, 'transfer-encoding': _chunked, 'access-control-expose-headers': exposed, ...rest } = headers;
  outgoing.writeHead(status, {
    ...rest,
    ...(exposed !== undefined && { 'access-control-expose-headers': `${String(exposed)}, X-Served-By` }),
    'x-served-by': `${name}; pid=${pid}`,
  });
  outgoing.end(body);
}

function refuse(outgoing: ServerResponse, status: number, detail: string): void {
  const problem = { type: '/problems/unavailable', title: 'Service Unavailable', status, detail, instance: outgoing.req.url ?? '' };
  outgoing.writeHead(status, { 'content-type': 'application/problem+json', 'retry-after': '1' }).end(JSON.stringify(problem));
}
