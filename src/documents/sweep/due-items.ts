import type { Leftover } from '../document.repository.js';
import type { Content, StoredDocument, Usage } from '../stored-document.js';

/** Something of which the due date has come, as the index tells: it may have changed since. */
export type DueItem =
  | { kind: 'document'; userId: string; id: string }
  | { kind: 'leftover'; leftover: Leftover }
  | { kind: 'share'; tokenHash: string };

/** One row as the audit reads it. */
export type AuditRow =
  | { kind: 'document'; document: StoredDocument }
  | { kind: 'content'; userId: string; documentId: string; content: Content }
  | { kind: 'leftover'; leftover: Leftover }
  | { kind: 'usage'; userId: string; usage: Usage }
  | { kind: 'listed'; userId: string; documentId: string; filterKey: string };

/** What the sweeper has to look at. Reads a sharded sparse index, never the whole table, but for `everything`. */
export abstract class DueItems {
  /** In no order; each at least once, although the index lags a moment behind the table. */
  abstract due(now: string): AsyncIterable<DueItem>;

  /** Forgets leftover bytes, unless they were given a later date meanwhile. Repeatable. */
  abstract settle(leftover: Leftover): Promise<void>;

  /** Every row, for the audit: the one place that reads the whole table. */
  abstract everything(): AsyncIterable<AuditRow>;
}
