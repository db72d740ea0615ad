import { setTimeout as delay } from 'node:timers/promises';
import { SoftState } from '../common/soft-state.js';
import { detached } from '../resilience/budget.js';
import type { FenceRecord, FenceStore } from './fence-store.js';
import { Reopening, type CacheServer } from './reopening.js';

/** What a task may rely on until `validUntil`; times are of the process's monotonic clock, in ms. */
export interface FenceView {
  record: FenceRecord | undefined;
  /** By when the record was in force for sure: every task knows it one lease later. */
  since: number;
  validUntil: number;
}

/** How long a task may rely on what it read, counted from before it asked. */
export const FENCE_LEASE_MS = 1_000;
const REFRESH_MS = 300;
/** Refreshed by a timer for this long after the last use. */
const IN_USE_MS = 10_000;
/** For timers and clocks that run a little fast. */
const MARGIN_MS = 20;

/**
 * What keeps the cache from being believed after a write that it could not be told of. Such a write closes the fence and waits
 * one lease: by then no task relies on the old epoch. Reopening begins a new epoch, in which no key exists. A task
 * uses an epoch only when it has been in force for one lease: by then no writer still believes that nobody uses it.
 */
@SoftState({
  holds: 'the epoch of cache keys in force',
  bound: 'one record, one timer',
  maxAge: '1 s',
  ifLost: 'nothing: a new task uses the cache from its second second on',
})
export class CacheFence {
  private view: FenceView = { record: undefined, since: Infinity, validUntil: -Infinity };
  private asking?: Promise<FenceView>;
  private timer?: NodeJS.Timeout;
  private refreshing = false;
  private usedAt = -Infinity;
  private stopped = false;
  private readonly reopening: Reopening;

  constructor(
    private readonly store: FenceStore,
    private readonly server: CacheServer,
    onChange: (record: FenceRecord) => void,
  ) {
    this.reopening = new Reopening(store, server, onChange);
  }

  /** The epoch whose entries may be read and filled at this instant. Never waits; keeps the view fresh while it is asked. */
  usable(): number | undefined {
    const { view } = this;
    const now = (this.usedAt = performance.now());
    if (!this.refreshing && !this.stopped) void detached(() => this.refresh());
    if (now >= view.validUntil || now < view.since + FENCE_LEASE_MS + MARGIN_MS) return undefined;
    const { record } = view;
    return record?.open && record.serverId === this.server.serverId ? record.epoch : undefined;
  }

  /** A view that is valid now. Rejects when the store cannot be asked. */
  async current(): Promise<FenceView> {
    this.usable();
    if (performance.now() < this.view.validUntil) return this.view;
    const view = await (this.asking ?? detached(() => this.ask()));
    if (performance.now() < view.validUntil) return view;
    throw new Error('The fence store answers too slowly.');
  }

  /** Whether `view` still held at this instant. */
  stillHolds(view: FenceView): boolean {
    return performance.now() < this.view.validUntil && isSame(view.record, this.view.record);
  }

  /** Resolves when no task uses `epoch` any more, and never will again. Rejects when the store cannot be asked. */
  async close(epoch: number): Promise<void> {
    const askedAt = performance.now();
    await this.known(this.accept(await this.store.close(epoch), askedAt));
  }

  /** Resolves when no task relies on anything older than `view`. */
  async known(view: FenceView): Promise<void> {
    const rest = view.since + FENCE_LEASE_MS + MARGIN_MS - performance.now();
    if (rest > 0) await delay(rest);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private ask(): Promise<FenceView> {
    const askedAt = performance.now();
    this.asking = this.store
      .read()
      .then((record) => this.accept(record, askedAt))
      .finally(() => (this.asking = undefined));
    return this.asking;
  }

  private async refresh(): Promise<void> {
    this.refreshing = true;
    try {
      const view = await this.ask();
      const askedAt = performance.now();
      const changed = await this.reopening.attempt(view.record);
      if (changed) this.accept(changed, askedAt);
    } catch {
      // Until the store answers again the cache is not used once the lease is over.
    }
    const inUse = performance.now() - this.usedAt < IN_USE_MS;
    this.refreshing = inUse && !this.stopped;
    if (!this.refreshing) return;
    this.timer = setTimeout(() => void this.refresh(), REFRESH_MS);
    this.timer.unref();
  }

  /** Answers may overtake one another: epochs only rise, and within one the fence only closes. */
  private accept(record: FenceRecord | undefined, askedAt: number): FenceView {
    const known = this.view.record;
    if (isOlder(record, known)) return this.view;
    const since = isSame(record, known) && this.view.since < Infinity ? this.view.since : performance.now();
    const validUntil = askedAt + FENCE_LEASE_MS;
    this.view = { record, since, validUntil: isSame(record, known) ? Math.max(validUntil, this.view.validUntil) : validUntil };
    return this.view;
  }
}

const isSame = (a: FenceRecord | undefined, b: FenceRecord | undefined): boolean => a?.epoch === b?.epoch && a?.open === b?.open;

function isOlder(record: FenceRecord | undefined, known: FenceRecord | undefined): boolean {
  if (!record || !known) return false;
  return record.epoch < known.epoch || (record.epoch === known.epoch && record.open && !known.open);
}
