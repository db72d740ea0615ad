import { EventEmitter } from 'node:events';
import type { KeyvStoreAdapter, StoredData } from 'keyv';
import type { CacheConnection } from './cache-connection.js';

/** What Keyv reads through: our one connection. Leases and announced writes are not entries; writing goes by script. */
export class KeyvRedisStore extends EventEmitter implements KeyvStoreAdapter {
  opts: Record<string, unknown> = {};

  constructor(private readonly connection: CacheConnection) {
    super();
  }

  async get<T>(key: string): Promise<StoredData<T> | undefined> {
    const text = await this.connection.run((client) => client.get(key)).catch(() => null);
    return text?.startsWith('{') ? (text as StoredData<T>) : undefined;
  }

  async set(key: string, value: string, ttl = 60_000): Promise<void> {
    await this.connection.run((client) => client.set(key, value, 'PX', ttl));
  }

  async delete(key: string): Promise<boolean> {
    return (await this.connection.run((client) => client.del(key))) > 0;
  }

  async clear(): Promise<void> {
    throw new Error('Clearing would take every other user of the cache along; begin a new epoch instead.');
  }
}
