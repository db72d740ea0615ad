import { Agent, request as open, type IncomingHttpHeaders } from 'node:http';

export interface Request {
  /** What kind of request it is, for the report. */
  label: string;
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: unknown;
}

/** `status` is 0 when no whole reply came; `failure` then says why. */
export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  failure?: string;
}

const PATIENCE_MS = 20_000;

/** A client that neither repeats nor queues anything, so that what it sees is what the service did. */
export class HttpClient {
  private readonly agent: Agent;

  constructor(
    readonly url: string,
    private readonly onReply: (reply: Reply) => void = () => {},
    private readonly connections = Infinity,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: connections, maxFreeSockets: connections });
  }

  /** Opens all its connections, as a balancer has them open. */
  async connect(): Promise<void> {
    await Promise.all(Array.from({ length: this.connections }, () => this.send({ label: 'connect', method: 'GET', path: '/health/live' })));
  }

  /** Never rejects. */
  send({ method, path, headers, body }: Request, url = this.url): Promise<Reply> {
    const bytes = body === undefined ? undefined : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    return new Promise<Reply>((resolve) => {
      const settle = (reply: Reply) => {
        clearTimeout(timer);
        this.onReply(reply);
        resolve(reply);
      };
      const lost = (failure: string) => settle({ status: 0, headers: {}, text: '', failure });
      const call = open(new URL(path, url), {
        method,
        agent: this.agent,
        headers: { ...(bytes && { 'content-type': 'application/json', 'content-length': bytes.length }), ...headers },
      });
      const timer = setTimeout(() => call.destroy(new Error('no reply within the patience of the client')), PATIENCE_MS);
      call.on('error', ({ message }) => lost(message));
      call.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', ({ message }) => lost(message));
        response.on('end', () => settle({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() }));
      });
      call.end(bytes);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

/** The body of a reply that is expected to be JSON. */
export const json = <T = any>({ text }: Reply): T => JSON.parse(text) as T;
