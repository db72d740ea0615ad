import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

/** Takes what replicas export by OTLP over HTTP, and hands it on as text: protobuf keeps strings as they are. */
export class TraceCollector {
  /** Exports of spans. */
  exports = 0;
  private readonly server: Server;

  constructor(onText: (text: string) => void) {
    this.server = createServer((request, response) => {
      if (request.url?.endsWith('/traces')) this.exports += 1;
      request.setEncoding('latin1').on('data', onText).on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
    });
  }

  /** Resolves to the environment of a replica that exports everything, at once. */
  async start(): Promise<Record<string, string>> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const { port } = this.server.address() as { port: number };
    return { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, OTEL_TRACES_SAMPLER: 'always_on', OTEL_BSP_SCHEDULE_DELAY: '200' };
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
