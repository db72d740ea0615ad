import { randomUUID } from 'node:crypto';
import { createCache, type Cache as CacheManager } from 'cache-manager';
import { Keyv } from 'keyv';
import { isKind } from '../common/app-error.js';
import { SoftState } from '../common/soft-state.js';
import type { CacheConnection } from './cache-connection.js';
import type { CacheFence } from './cache-fence.js';
import { Cache } from './cache.js';
import { KeyvRedisStore } from './keyv-redis-store.js';
import { DONE, FILL, MARK, TAKE } from './redis-scripts.js';

const LEASE_MS = 5_000;
/** Longer than any write may take: what is announced and never finished is over by then. */
const WRITE_MS = 15_000;
const MAX_BYTES = 64 * 1_024;

/**
 * Linearizable reads through Redis. A key is absent, under a lease (one loader may fill it), under a write (nobody may), or
 * an entry. A write takes lease and entry away before it begins, so that a late fill never beats it; what cannot be taken
 * away is fenced off (`CacheFence`).
 */
@SoftState({ holds: 'loads under way', bound: 'one per key that is being read', maxAge: 'the time of one read', ifLost: 'the requests that wait for them' })
export class RedisCache extends Cache {
  private readonly manager: CacheManager;
  private readonly loads = new Map<string, Load>();

  constructor(
    private readonly connection: CacheConnection,
    private readonly fence: CacheFence,
  ) {
    super();
    const store = new Keyv({ store: new KeyvRedisStore(connection), useKeyPrefix: false });
    this.manager = createCache({ stores: [store] });
  }

  async read<T>(key: string, ttlSeconds: number, load: () => Promise<T | undefined>): Promise<T | undefined> {
    const epoch = await this.fence.readable();
    if (epoch === undefined) return load();
    const name = nameOf(epoch, key);
    const cached = await this.manager.get<T>(name);
    if (cached !== undefined && cached !== null) return cached;
    return this.loadOnce(name, () => this.fill(name, ttlSeconds, load));
  }

  async write<T>(key: string, _ttlSeconds: number, effect: () => Promise<T>): Promise<T> {
    const writer = randomUUID();
    const epoch = await this.announce(key, writer);
    let isAmbiguous = false;
    try {
      return await effect();
    } catch (error) {
      // It may still take effect: the announcement stays until its time is over.
      isAmbiguous = !isKind(error, 'stale') && !isKind(error, 'conflict') && !isKind(error, 'quota-exceeded');
      throw error;
    } finally {
      if (!isAmbiguous) await this.finish(key, writer, epoch);
    }
  }

  /** Takes lease and entry away; where that cannot be done, closes the fence first. The epoch of the announcement, if any. */
  private async announce(key: string, writer: string): Promise<number | undefined> {
    const epoch = await this.fence.writable();
    if (epoch === undefined) return undefined;
    try {
      await this.mark(nameOf(epoch, key), writer);
      return epoch;
    } catch {
      await this.fence.close();
      return undefined;
    }
  }

  private async finish(key: string, writer: string, announced: number | undefined): Promise<void> {
    const epoch = await this.fence.writable();
    if (epoch !== undefined && epoch !== announced) await this.mark(nameOf(epoch, key), writer).catch(() => this.fence.close());
    if (epoch === undefined) return;
    // A failure leaves the announcement until its time is over: nobody can fill the key before.
    await this.connection.run((client) => client.eval(DONE, 1, nameOf(epoch, key), writer)).catch(() => {});
  }

  private async mark(name: string, writer: string): Promise<void> {
    await this.connection.run((client) => client.eval(MARK, 1, name, writer, WRITE_MS));
  }

  private async fill<T>(name: string, ttlSeconds: number, load: () => Promise<T | undefined>): Promise<T | undefined> {
    const lease = randomUUID();
    const isOurs = await this.connection.run((client) => client.eval(TAKE, 1, name, lease, LEASE_MS)).then((taken) => taken === 1, () => false);
    const value = await load();
    if (!isOurs) return value;
    const entry = value === undefined ? '' : JSON.stringify({ value });
    const kept = entry.length > MAX_BYTES ? '' : entry;
    await this.connection.run((client) => client.eval(FILL, 1, name, lease, kept, ttlSeconds * 1_000)).catch(() => {});
    return value;
  }

  /**
   * One load per key at a time. A read never joins a load that began before it, which may have missed a write: it waits and
   * shares the next one with all that came meanwhile.
   */
  private loadOnce<T>(name: string, load: () => Promise<T | undefined>): Promise<T | undefined> {
    const running = this.loads.get(name);
    if (running) return (running.next ??= running.current.then(() => this.begin(name, load), () => this.begin(name, load))) as Promise<T | undefined>;
    return this.begin(name, load);
  }

  private begin<T>(name: string, load: () => Promise<T | undefined>): Promise<T | undefined> {
    const entry: Load = { current: load() };
    this.loads.set(name, entry);
    const settle = (): void => void (this.loads.get(name) === entry && !entry.next && this.loads.delete(name));
    entry.current.then(settle, settle);
    return entry.current as Promise<T | undefined>;
  }
}

interface Load {
  current: Promise<unknown>;
  next?: Promise<unknown>;
}

const nameOf = (epoch: number, key: string): string => `e${epoch}:${key}`;
