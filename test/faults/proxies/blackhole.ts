import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

/** Listens with the shortest queue there is and then never accepts: its thread sleeps until it is told to leave. */
const SLEEPER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const server = require('node:net').createServer();
  server.listen({ port: workerData.port, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage('listening');
    Atomics.wait(workerData.bell, 0, 0);
    process.exit(0);
  });
`;

/** How long a connection must hang to be one that the kernel swallows. Milliseconds. */
const SWALLOWED_MS = 150;
const QUEUE = 8;

/** Makes a port of loopback swallow connection requests, as a network that drops packets does, until the function is called. */
export async function swallowConnections(port: number): Promise<() => Promise<void>> {
  const bell = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(SLEEPER, { eval: true, workerData: { port, bell } });
  await once(worker, 'message');
  const queued: Socket[] = [];
  // The kernel takes a few connections into its queue; from then on it drops.
  while (queued.length < QUEUE && (await connects(port, queued)));
  return async () => {
    for (const socket of queued) socket.destroy();
    const gone = once(worker, 'exit');
    Atomics.store(bell, 0, 1);
    Atomics.notify(bell, 0);
    await gone;
  };
}

async function connects(port: number, queued: Socket[]): Promise<boolean> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  queued.push(socket);
  return once(socket, 'connect', { signal: AbortSignal.timeout(SWALLOWED_MS) }).then(() => true, () => false);
}
