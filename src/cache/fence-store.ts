/** Which generation of cache keys is in force, for all tasks. */
export interface FenceRecord {
  /** Part of every key. Only rises, even when the record was lost or an older one restored. */
  epoch: number;
  /** False: no task uses the cache. */
  open: boolean;
  /** The one server whose content of this epoch is good. */
  serverId: string;
}

/** The durable home of the fence: one record, linearizable. Every method rejects when the store cannot be asked. */
export abstract class FenceStore {
  /** Strongly consistent; undefined before the first `open`. */
  abstract read(): Promise<FenceRecord | undefined>;

  /** Closes the epoch unless a later one is in force already. Resolves to what is in force after that. Repeatable. */
  abstract close(epoch: number): Promise<FenceRecord | undefined>;

  /** Begins the next epoch if `expected` is still what is in force. Resolves to what is in force after that. */
  abstract open(expected: FenceRecord | undefined, serverId: string): Promise<FenceRecord | undefined>;
}

/** Later than the one before, and than any that was forgotten together with the record. */
export const nextEpoch = (expected: FenceRecord | undefined, nowMs: number): number => Math.max((expected?.epoch ?? 0) + 1, nowMs);
