import autocannon from 'autocannon';
import type { Server } from './server.js';
import type { Gun, Workload } from './workloads.js';

export interface Measurement {
  /** CPU time of the server per request, in microseconds, all its threads. */
  cpuUs: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

/** Every connection sends its next request when the last one is answered. Throws when any reply is not what the workload expects. */
export async function fire(server: Server, { title, connections, expects }: Workload, guns: Gun[], requests: number): Promise<Measurement> {
  const idle = [...guns];
  const before = server.cpuNs();
  const result = await autocannon({
    url: server.url,
    connections,
    amount: requests,
    timeout: 30,
    setupClient: (client) => {
      const gun = idle.pop() as Gun;
      client.setRequests([
        { setupRequest: (request) => ({ ...request, ...gun.next() }), onResponse: (_status, _body, _context, headers) => gun.seen?.(lowered(headers)) },
      ]);
    },
  });
  const cpuNs = Number(server.cpuNs() - before);
  const asExpected = result.statusCodeStats[expects]?.count ?? 0;
  if (asExpected !== requests) {
    const replies = Object.entries(result.statusCodeStats).map(([status, { count }]) => `${count} × ${status}`);
    throw new Error(`${server.contestant.title}, ${title}: ${asExpected} of ${requests} replies were ${expects} (${replies.join(', ')}; ${result.errors} errors)`);
  }
  return { cpuUs: cpuNs / requests / 1e3, perSecond: requests / result.duration, p50Ms: result.latency.p50, p99Ms: result.latency.p99 };
}

const lowered = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
