/** What is kept of an answered request to repeat its answer: never the key itself, nor the answer. */
export interface RequestRecord {
  /** RFC 3339. */
  expiresAt: string;
  isAnswered: boolean;
}

/** Records of idempotency keys by user, for export and erasure. Strongly consistent. */
export abstract class RequestRecords {
  abstract of(userId: string): AsyncIterable<RequestRecord>;

  /** Repeatable. */
  abstract removeAll(userId: string): Promise<void>;
}
