import { Cache } from './cache.js';

/** What runs without `CACHE_URL`: every read is a load. */
export class NoCache extends Cache {
  read<T>(_key: string, _ttlSeconds: number, load: () => Promise<T | undefined>): Promise<T | undefined> {
    return load();
  }

  write<T>(_key: string, _ttlSeconds: number, effect: () => Promise<T>): Promise<T> {
    return effect();
  }
}
