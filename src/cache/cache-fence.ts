import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../common/app-error.js';
import { SoftState } from '../common/soft-state.js';
import type { FenceState, FenceStore } from './fence-store.js';

/** How long a task may rely on what it read of the fence. Milliseconds from the start of that read, on a monotonic clock. */
export const LEASE_MS = 1_000;
const POLL_MS = 300;
const IDLE_MS = 60_000;
const REOPEN_MS = 1_000;

interface Server {
  readonly serverId: string | undefined;
  readonly isHealthy: boolean;
  onReady(listener: () => void): void;
  probe(): Promise<void>;
}

/**
 * Keeps a cache that lost an invalidation from being believed. All content belongs to an epoch; a task uses an epoch only
 * while a lease on the stored state is valid. Who cannot invalidate closes the fence and waits until every lease has
 * ended; who reopens it begins a new epoch, and readers of a new epoch wait until every writer must have learnt of it.
 */
@SoftState({
  holds: 'the last read state of the fence and the lease on it',
  bound: 'one record',
  maxAge: '1 second',
  ifLost: 'one more read of the sessions table; the cache is used again a second later',
})
export class CacheFence {
  private state?: FenceState;
  private validUntil = -Infinity;
  /** From when the content of `state.epoch` may be read by this task. */
  private usableFrom = Infinity;
  private usedAt = -Infinity;
  private polling?: Promise<void>;
  private timer?: NodeJS.Timeout;
  private reopenAt = 0;
  private isStopped = false;

  constructor(
    private readonly store: FenceStore,
    private readonly server: Server,
  ) {
    server.onReady(() => this.wake());
  }

  /** The epoch whose content may be read and filled now; undefined when the truth must be asked. */
  async readable(): Promise<number | undefined> {
    const epoch = await this.current();
    return epoch !== undefined && performance.now() >= this.usableFrom ? epoch : undefined;
  }

  /** The epoch in which a write must be announced; undefined when no task reads the cache. */
  async writable(): Promise<number | undefined> {
    if (!(await this.isKnown())) throw unavailable();
    return this.state?.isOpen ? this.state.epoch : undefined;
  }

  /** Resolves when no task can use what is cached now. */
  async close(): Promise<void> {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await this.poll(true);
      if (!this.hasLease()) throw unavailable();
      const { state } = this;
      if (!state?.isOpen || (await this.store.swap(state, { ...state, isOpen: false }))) {
        this.reopenAt = performance.now() + LEASE_MS + REOPEN_MS * (1 + Math.random());
        await delay(LEASE_MS);
        return;
      }
    }
    throw unavailable();
  }

  /** Learns the state, or opens the first epoch, before the first request needs it. */
  private wake(): void {
    this.usedAt = performance.now();
    this.reopenAt = 0;
    void this.poll(true);
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  private async current(): Promise<number | undefined> {
    if (!(await this.isKnown())) return undefined;
    const { state } = this;
    return state?.isOpen && state.serverId === this.server.serverId ? state.epoch : undefined;
  }

  private isKnown(): boolean | Promise<boolean> {
    this.usedAt = performance.now();
    if (this.hasLease()) return true;
    return this.poll().then(() => this.hasLease());
  }

  private hasLease(): boolean {
    return performance.now() < this.validUntil;
  }

  /** One read at a time; `fresh` asks for one that begins now. */
  private async poll(fresh = false): Promise<void> {
    if (fresh) await this.polling;
    this.polling ??= this.readStore().finally(() => {
      this.polling = undefined;
      this.schedule();
    });
    await this.polling;
  }

  private async readStore(): Promise<void> {
    const startedAt = performance.now();
    try {
      const state = await this.store.read();
      if (state?.isOpen && (!this.state?.isOpen || this.state.epoch !== state.epoch)) this.usableFrom = performance.now() + LEASE_MS;
      this.state = state;
      this.validUntil = startedAt + LEASE_MS;
      await this.reopenIfPossible();
    } catch {
      // The lease runs out by itself, and the truth is asked.
    }
  }

  /** A closed fence, a first start, or another server than the epoch's: begin a new epoch when our own connection is well. */
  private async reopenIfPossible(): Promise<void> {
    const { state, server } = this;
    if (state?.isOpen && state.serverId === server.serverId) return;
    if (performance.now() < this.reopenAt) return;
    this.reopenAt = performance.now() + REOPEN_MS * (1 + Math.random());
    await server.probe();
    if (!server.isHealthy || server.serverId === undefined) return;
    await this.store.swap(state, { epoch: (state?.epoch ?? 0) + 1, isOpen: true, serverId: server.serverId });
  }

  /** Polls on while the cache is in use, so that requests find a valid lease. */
  private schedule(): void {
    clearTimeout(this.timer);
    if (this.isStopped || performance.now() - this.usedAt > IDLE_MS) return;
    this.timer = setTimeout(() => void this.poll(), POLL_MS);
    this.timer.unref();
  }
}

const unavailable = (): AppError =>
  new AppError('unavailable', 'The change could not be made safely. Try again.', { headers: { 'Retry-After': '1' } });
