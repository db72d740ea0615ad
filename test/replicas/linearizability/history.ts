/**
 * One operation as its client saw it. `start` and `end` come from one clock or counter shared by all clients of the run.
 * An operation without `end` got no answer (timeout, killed replica): it may have taken effect at any later moment, or never.
 */
export interface Operation<Input, Output> {
  client: number;
  /** What the operation is about: a user, a share, an idempotency key. Keys are independent of each other. */
  key: string;
  input: Input;
  start: number;
  end?: number;
  output?: Output;
}

export type History<Input, Output> = readonly Operation<Input, Output>[];

/** The histories of the single keys: a history is linearizable exactly when each of them is (Herlihy and Wing, 1990, theorem 1). */
export function byKey<Input, Output>(history: History<Input, Output>): Map<string, Operation<Input, Output>[]> {
  const parts = new Map<string, Operation<Input, Output>[]>();
  for (const operation of history) {
    const part = parts.get(operation.key);
    if (part) part.push(operation);
    else parts.set(operation.key, [operation]);
  }
  return parts;
}

/** One JSON object per line, so that a long run can be appended to and read again. */
export const toJsonLines = (history: History<unknown, unknown>): string =>
  history.map((operation) => `${JSON.stringify(operation)}\n`).join('');

export const fromJsonLines = <Input, Output>(text: string): Operation<Input, Output>[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Operation<Input, Output>);
