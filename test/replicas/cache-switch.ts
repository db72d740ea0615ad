import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Redis } from 'iovalkey';
import type { Environment } from './fleet.js';

export interface CacheSwitch {
  /** What the fleet's replicas get in place of the real address. */
  env: Environment;
  flushCache(): Promise<void>;
  loseCache(): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

/** Puts a proxy between the fleet and its cache that can be cut and mended. Without a cache it does nothing. */
export async function cacheSwitch(environment: Environment): Promise<CacheSwitch> {
  const address = environment['CACHE_URL'];
  if (!address) {
    console.log('No cache is running: flushes and losses of it are left out.');
    return { env: {}, flushCache: async () => {}, loseCache: async () => async () => {}, close: async () => {} };
  }
  const { hostname, port } = new URL(address);
  const sockets = new Set<Socket>();
  let isCut = false;
  const proxy = createServer((client) => {
    if (isCut) return client.destroy();
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => [client, upstream].forEach((each) => each.destroy() && sockets.delete(each)));
    }
    client.pipe(upstream).pipe(client);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port: ours } = proxy.address() as { port: number };
  const redis = new Redis(address);
  return {
    env: { CACHE_URL: `redis://127.0.0.1:${ours}` },
    flushCache: async () => void (await redis.flushall()),
    loseCache: async () => {
      isCut = true;
      for (const socket of sockets) socket.destroy();
      return async () => void (isCut = false);
    },
    close: async () => {
      redis.disconnect();
      for (const socket of sockets) socket.destroy();
      proxy.close();
    },
  };
}
