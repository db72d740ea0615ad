import { Redis } from 'iovalkey';
import type { Environment } from '../../local/names.js';
import { tcpSwitch } from './tcp-switch.js';

/** The way between the fleet and its cache, which can be cut and mended. */
export interface CacheSwitch {
  /** What the fleet's replicas get in place of the real address. */
  env: Environment;
  flush(): Promise<void>;
  /** Cuts the cache off until the returned function is called; losses may overlap. */
  lose(): Promise<() => void>;
  close(): Promise<void>;
}

/** Puts a proxy between the fleet and its cache. Without a cache it does nothing. */
export async function cacheSwitch(environment: Environment): Promise<CacheSwitch> {
  const address = environment['CACHE_URL'];
  if (!address) {
    console.log('No cache is running: flushes and losses of it are left out.');
    return { env: {}, flush: async () => {}, lose: async () => () => {}, close: async () => {} };
  }
  const proxy = await tcpSwitch(address);
  const redis = new Redis(address);
  let losses = 0;
  return {
    env: { CACHE_URL: `redis://127.0.0.1:${proxy.port}` },
    flush: async () => void (await redis.flushall()),
    lose: async () => {
      losses += 1;
      proxy.cut();
      return () => {
        losses -= 1;
        if (losses === 0) proxy.mend();
      };
    },
    close: async () => {
      redis.disconnect();
      proxy.close();
    },
  };
}
