import { createCache, type Cache as CacheManager } from 'cache-manager';
import { Keyv } from 'keyv';
import type { Ids } from '../common/ids.js';
import type { CacheConnection } from './cache-connection.js';
import type { CacheFence } from './cache-fence.js';
import { CacheStats } from './cache-stats.js';
import { CacheWrite } from './cache-write.js';
import { Cache } from './cache.js';
import { isEntry, LEASE_MS, leaseOf, placeOf } from './key-states.js';
import { keyvStore, NO_ANSWER, type Fill } from './redis-keyv-store.js';
import { SingleFlight, type Leased } from './single-flight.js';

/** Larger entries are not kept: they would hold up the small ones on the one connection. */
const LARGEST_ENTRY = 64 * 1_024;

type Load<T> = () => Promise<T | undefined>;

/**
 * The cache over Redis or Valkey. A key holds nothing, a lease, an entry or the writes in flight; every step from one to the
 * next is one atomic command, see docs/adr/0004-cache.md. A hit is one GET.
 */
export class RedisCache extends Cache {
  private readonly stats = new CacheStats();
  private readonly flights = new SingleFlight();
  private readonly entries: CacheManager;

  constructor(
    private readonly connection: CacheConnection,
    private readonly fence: CacheFence,
    private readonly ids: Ids,
  ) {
    super();
    const keyv = new Keyv({ store: keyvStore(connection), useKeyPrefix: false, throwOnErrors: true });
    keyv.serialize = undefined;
    keyv.deserialize = undefined;
    this.entries = createCache({ stores: [keyv] });
  }

  async read<T>(key: string, ttlSeconds: number, load: Load<T>): Promise<T | undefined> {
    const read = this.flights.begin();
    const epoch = this.fence.usable();
    if (epoch === undefined) return this.bypass(key, read, load);
    const place = placeOf(epoch, key);
    const found: unknown = await this.entries.get(place);
    if (typeof found === 'string') {
      if (isEntry(found)) {
        this.stats.hits += 1;
        return JSON.parse(found) as T;
      }
      this.stats.misses += 1;
      const underWay = this.flights.withLease(key, found);
      return underWay ? (underWay as Promise<T | undefined>) : this.flights.load(key, read, load);
    }
    if (found === NO_ANSWER) {
      this.stats.failures += 1;
      return this.bypass(key, read, load);
    }
    this.stats.misses += 1;
    return this.flights.load(key, read, (leased) => this.loadAndFill(place, ttlSeconds, load, leased));
  }

  write<T>(key: string, _ttlSeconds: number, effect: () => Promise<T>): Promise<T> {
    return new CacheWrite(this.connection, this.fence, this.stats, key, this.ids.next()).carryOut(effect);
  }

  /** For whoever exports metrics. */
  metrics(): CacheStats & { breakerState: 'open' | 'closed' } {
    return { ...this.stats, breakerState: this.connection.breakerState };
  }

  private bypass<T>(key: string, read: number, load: Load<T>): Promise<T | undefined> {
    this.stats.bypasses += 1;
    return this.flights.load(key, read, load);
  }

  private async loadAndFill<T>(place: string, ttlSeconds: number, load: Load<T>, leased: Leased): Promise<T | undefined> {
    const lease = leaseOf(this.ids.next());
    if (!(await this.take(place, lease))) return load();
    leased(lease);
    let entry = '';
    try {
      const value = await load();
      entry = entryOf(value);
      return value;
    } finally {
      // Not waited for: whoever asks in the meantime finds the lease.
      this.entries.set(place, { lease, entry } satisfies Fill, ttlSeconds * 1_000).catch(() => (this.stats.failures += 1));
    }
  }

  private async take(place: string, lease: string): Promise<boolean> {
    try {
      return (await this.connection.ask((client) => client.set(place, lease, 'PX', LEASE_MS, 'NX'))) === 'OK';
    } catch {
      this.stats.failures += 1;
      return false;
    }
  }
}

function entryOf(value: unknown): string {
  const entry = value === undefined ? '' : JSON.stringify(value);
  return Buffer.byteLength(entry) > LARGEST_ENTRY ? '' : entry;
}
