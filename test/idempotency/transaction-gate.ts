import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

type Environment = Record<string, string>;

export interface TransactionGate {
  /** What a replica gets in place of DynamoDB's real address. */
  env: Environment;
  /** Lets no further transaction through, or no answer to one. Resolves when one is held: the replica waits for it. */
  hold(what: 'request' | 'response'): Promise<void>;
  close(): void;
}

const TRANSACTION = 'TransactWriteItems';

/** A proxy between one replica and DynamoDB that stops a transaction at a known point. */
export async function transactionGate(environment: Environment): Promise<TransactionGate> {
  const { hostname, port } = new URL(environment['AWS_ENDPOINT_URL_DYNAMODB'] ?? environment['AWS_ENDPOINT_URL'] ?? '');
  const sockets = new Set<Socket>();
  let held: 'request' | 'response' | undefined;
  let onHeld = () => undefined as void;
  const proxy = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    let isHeld = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => [client, upstream].forEach((each) => each.destroy()));
    }
    client.on('data', (chunk) => {
      isHeld ||= held !== undefined && chunk.includes(TRANSACTION);
      if (isHeld && held === 'request') return onHeld();
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => (isHeld ? onHeld() : client.write(chunk)));
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port: ours } = proxy.address() as { port: number };
  return {
    env: { AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${ours}` },
    hold: (what) => {
      held = what;
      return new Promise((resolve) => (onHeld = resolve));
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      proxy.close();
    },
  };
}
