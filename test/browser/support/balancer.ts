import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Fleet } from '../../replicas/fleet.js';

export interface Balancer {
  url: string;
  stop(): void;
}

/** Takes turns among the tasks that are up, as a load balancer does; it repeats nothing. A task that dies means 502. */
export async function startBalancer(fleet: () => Fleet): Promise<Balancer> {
  let turn = 0;
  const server = createServer((from, to) => void fleet().pick((turn += 1)).then(({ url, name }) => pass(from, to, url, name)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function pass(from: IncomingMessage, to: ServerResponse, target: string, task: string): void {
  const cors = { 'access-control-allow-origin': from.headers.origin ?? '*', vary: 'Origin' };
  const forward = request(target + from.url, { method: from.method, headers: from.headers }, (answer) => {
    const { 'access-control-expose-headers': exposed = '', ...headers } = answer.headers;
    to.writeHead(answer.statusCode ?? 502, { ...headers, 'x-served-by': task, 'access-control-expose-headers': `${String(exposed)}, X-Served-By` });
    answer.pipe(to);
    answer.on('error', () => to.destroy());
  });
  forward.on('error', () => {
    if (to.headersSent) return to.destroy();
    return to.writeHead(502, cors).end();
  });
  from.pipe(forward);
}
