import { SoftState } from '../common/soft-state.js';
import type { FenceRecord, FenceStore } from './fence-store.js';

/** The server that this task is connected to. */
export interface CacheServer {
  /** Undefined while there is none to be relied on. */
  readonly serverId: string | undefined;
  /** Its id, when it says itself that it is a primary. */
  confirmPrimary(): Promise<string | undefined>;
}

const SHORTEST_MS = 1_000;
const LONGEST_MS = 2_500;
/** An epoch that lasted longer is forgotten when the next pause is chosen. */
const CALM_MS = 15_000;

/**
 * Begins a new epoch when the fence is closed, or names another server than the one this task is connected to. With a pause
 * that grows while epochs are short: two tasks that see different servers, or one that sees none, must not make the epochs race.
 */
@SoftState({ holds: 'when the next epoch may be begun', bound: 'three numbers', maxAge: '15 s', ifLost: 'nothing' })
export class Reopening {
  private notBefore?: number;
  private pauseMs = SHORTEST_MS;
  private openedAt = -Infinity;

  constructor(
    private readonly store: FenceStore,
    private readonly server: CacheServer,
    private readonly onChange: (record: FenceRecord) => void,
  ) {}

  /** What is in force after an attempt; undefined when none was due. */
  async attempt(record: FenceRecord | undefined): Promise<FenceRecord | undefined> {
    const { serverId } = this.server;
    if (serverId === undefined || (record?.open && record.serverId === serverId)) {
      this.notBefore = undefined;
      return undefined;
    }
    const now = performance.now();
    this.notBefore ??= now + (record ? this.nextPause(now) : 0);
    if (now < this.notBefore) return undefined;
    this.notBefore = undefined;
    const primary = await this.server.confirmPrimary();
    if (primary === undefined) return undefined;
    const result = await this.store.open(record, primary);
    this.openedAt = performance.now();
    if (result?.open) this.onChange(result);
    return result;
  }

  private nextPause(now: number): number {
    const isCalm = now - this.openedAt > CALM_MS;
    this.pauseMs = isCalm ? SHORTEST_MS : Math.min(this.pauseMs * 1.5, LONGEST_MS);
    return this.pauseMs * (1 + Math.random() / 4);
  }
}
