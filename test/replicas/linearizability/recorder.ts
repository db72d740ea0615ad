import type { Operation } from './history.js';

/**
 * Records what concurrent clients see. Moments are the values of one counter in this process: an operation that ended before
 * another began has the smaller number, which is all that linearizability asks for.
 */
export class Recorder<Input, Output> {
  readonly history: Operation<Input, Output>[] = [];
  private moment = 0;

  /**
   * Runs one call and records it. A call that rejects or takes longer than `deadlineMs` is recorded as unanswered and gives
   * undefined: nobody knows whether it took effect.
   */
  async record(
    client: number,
    key: string,
    input: Input,
    call: (signal: AbortSignal) => Promise<Output>,
    deadlineMs = 10_000,
  ): Promise<Output | undefined> {
    const operation: Operation<Input, Output> = { client, key, input, start: this.moment++ };
    this.history.push(operation);
    const signal = AbortSignal.timeout(deadlineMs);
    try {
      const output = await call(signal);
      // The answer came after the client had given up: it must not count as seen.
      if (signal.aborted) return undefined;
      operation.output = output;
      operation.end = this.moment++;
      return output;
    } catch {
      return undefined;
    }
  }
}

/** Picks one of the replicas for every request; `down` ones stay in: a client does not know them. */
export const anyReplica =
  (origins: readonly string[], random: () => number) =>
  (path: string): string =>
    `${origins[Math.floor(random() * origins.length)]}${path}`;

/** Runs `clients` loops at once, each taking `turns` turns one after the other: within a client operations never overlap. */
export async function runClients(
  clients: number,
  turns: number,
  turn: (client: number, turn: number) => Promise<void>,
): Promise<void> {
  const loop = async (client: number) => {
    for (let index = 0; index < turns; index++) await turn(client, index);
  };
  await Promise.all(Array.from({ length: clients }, (_, client) => loop(client)));
}
