import type { KeyvStoreAdapter } from 'keyv';
import type { CacheConnection } from './cache-connection.js';
import { FILL } from './key-states.js';

/** What `get` finds when the cache gave no answer: Keyv would take an error for an absent key. */
export const NO_ANSWER = Symbol('no answer');

export interface Fill {
  lease: string;
  /** '' gives the lease back. */
  entry: string;
}

/** Keyv's store over the shared connection. A `set` is a fill: it takes place only while its lease holds. */
export class RedisKeyvStore {
  readonly opts = { dialect: 'redis' };

  constructor(private readonly connection: CacheConnection) {}

  /** An object, so that Keyv does not parse it. */
  get(key: string): Promise<{ value: string | symbol | null }> {
    return this.connection.ask((client) => client.get(key)).then(wrap, noAnswer);
  }

  set(key: string, { value }: { value: Fill }, ttlMs: number): Promise<unknown> {
    return this.connection.run((client) => FILL.run(client, [key], [value.lease, value.entry, ttlMs]));
  }

  delete(key: string): Promise<boolean> {
    return this.connection.run((client) => client.del(key)).then((removed) => removed > 0);
  }

  clear(): Promise<void> {
    return Promise.reject(new Error('The cache is cleared by a new epoch, never key by key.'));
  }

  on(): this {
    return this;
  }
}

const wrap = (value: string | null) => ({ value });
const noAnswer = () => ({ value: NO_ANSWER });

export const keyvStore = (connection: CacheConnection): KeyvStoreAdapter => new RedisKeyvStore(connection) as unknown as KeyvStoreAdapter;
