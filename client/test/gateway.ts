import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

type Intervention = (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;

/** A gateway in front of the real service that can answer or break instead of it; what it lets through reaches the service. */
export class Gateway {
  /** What came by: method, path and headers. */
  readonly requests: { method: string; path: string; headers: IncomingMessage['headers'] }[] = [];
  private interventions: Intervention[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async before(target: string): Promise<Gateway> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const gateway = new Gateway(server, `http://127.0.0.1:${port}`);
    server.on('request', (incoming, outgoing) => void gateway.handle(incoming, outgoing, target));
    return gateway;
  }

  /** The next requests meet these, one each; true says that it has been dealt with. */
  next(...interventions: Intervention[]): void {
    this.interventions.push(...interventions);
  }

  forget(): void {
    this.requests.length = 0;
    this.interventions = [];
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async handle(incoming: IncomingMessage, outgoing: ServerResponse, target: string): Promise<void> {
    const { method = '', url: path = '', headers } = incoming;
    this.requests.push({ method, path, headers });
    const intervention = this.interventions.shift();
    if (intervention && (await intervention(incoming, outgoing))) return;
    const onward = request(target + path, { method, headers: { ...headers, host: new URL(target).host } }, (answer) => {
      if (outgoing.destroyed) return void answer.resume();
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  }
}

/** The connection breaks before anything reaches the service. */
export const lost: Intervention = (incoming) => {
  incoming.socket.destroy();
  return true;
};

/** The service carries it out, but its answer is lost. */
export const unanswered: Intervention = (incoming, outgoing) => {
  outgoing.writeHead = () => {
    incoming.socket.destroy();
    return outgoing;
  };
  return false;
};

export const answer = (status: number, headers: Record<string, string> = {}, body = ''): Intervention => (_, outgoing) => {
  outgoing.writeHead(status, headers).end(body);
  return true;
};
