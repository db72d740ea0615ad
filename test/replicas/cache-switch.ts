import { Redis } from 'iovalkey';
import type { Environment } from './fleet.js';
import { tcpSwitch } from './tcp-switch.js';

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
  const proxy = await tcpSwitch(address);
  const redis = new Redis(address);
  return {
    env: { CACHE_URL: `redis://127.0.0.1:${proxy.port}` },
    flushCache: async () => void (await redis.flushall()),
    loseCache: async () => {
      proxy.cut();
      return async () => proxy.mend();
    },
    close: async () => {
      redis.disconnect();
      proxy.close();
    },
  };
}
