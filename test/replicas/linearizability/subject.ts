import type { Model } from './model.js';
import type { Api } from './api.js';

/** What one client does when it is its turn: any number of calls, each told to `record`. */
export type Turn<Input, Output> = (
  record: (input: Input, call: () => Promise<Output>) => Promise<Output | undefined>,
  random: () => number,
) => Promise<void>;

/** A promise of the service to concurrent clients: its specification, and clients that try to break it. */
export interface Subject<State = any, Input = any, Output = any> {
  name: string;
  model: Model<State, Input, Output>;
  /** How many clients use one key at once, and how often each. */
  clients: number;
  turns: number;
  /** Makes one thing that nobody has used, and gives what each client does with it. */
  open(api: Api): Promise<(client: number) => Turn<Input, Output>>;
}

export const pick = <T>(random: () => number, choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;
