/** Placeholder until the idempotency folder is written. */
export interface Receipt {
  userId: string;
  key: string;
}
