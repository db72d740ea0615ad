import { SoftState } from '../common/soft-state.js';
import { detached } from '../resilience/budget.js';

interface Flight {
  /** The order in which reads and flights of this process began. */
  number: number;
  startedAt: number;
  /** The lease under which it loads, once it has one. */
  lease?: string;
  result: Promise<unknown>;
  /** The one that begins when this one has landed. */
  next?: Promise<unknown>;
}

/** How a load under way tells the lease it got. */
export type Leased = (lease: string) => void;

const MOST = 10_000;
const LONGEST_MS = 1_000;

/**
 * One load per key at a time. A load serves only reads that began before it: one that began earlier may have read the truth
 * before a write that the read must see. Those that come later share the next load, which begins when this one has ended.
 */
@SoftState({
  holds: 'loads under way, by key',
  bound: '10,000; beyond that every read loads for itself',
  maxAge: '1 s: a load that takes longer is not waited for',
  ifLost: 'nothing: the requests that wait for it are lost with it',
})
export class SingleFlight {
  private readonly flights = new Map<string, Flight>();
  private count = 0;

  /** The number of a read that begins now. */
  begin(): number {
    return (this.count += 1);
  }

  /** The load under way with this lease. Seeing the lease in the cache proves that no write began since the load did. */
  withLease(key: string, lease: string): Promise<unknown> | undefined {
    const flight = this.flights.get(key);
    return flight?.lease === lease ? flight.result : undefined;
  }

  /** Joins a load that began after the read did, or begins one. */
  load<T>(key: string, read: number, load: (leased: Leased) => Promise<T>): Promise<T> {
    const flight = this.flights.get(key);
    if (!flight || performance.now() - flight.startedAt > LONGEST_MS) return this.start(key, load);
    if (flight.number > read) return flight.result as Promise<T>;
    flight.next ??= flight.result.then(ignore, ignore).then(() => this.load(key, flight.number, load));
    return flight.next as Promise<T>;
  }

  private start<T>(key: string, load: (leased: Leased) => Promise<T>): Promise<T> {
    if (this.flights.size >= MOST) return load(ignore);
    const flight: Flight = { number: this.begin(), startedAt: performance.now(), result: Promise.resolve() };
    this.flights.set(key, flight);
    // Others may join: the load must not end with the request that began it.
    const result = detached(() => load((lease) => (flight.lease = lease))).finally(() => {
      if (this.flights.get(key) === flight) this.flights.delete(key);
    });
    flight.result = result;
    return result;
  }
}

const ignore = (): void => undefined;
