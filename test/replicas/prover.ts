import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import type { Store } from './contents.js';
import { divergenceOf, type Divergence } from './divergence.js';
import { program, type ProgramStep } from './program.js';
import type { Worlds } from './stage.js';

export interface Task {
  seed: number;
  /** Programs `first` to `programs - 1` are run. */
  first: number;
  programs: number;
  /** Programs that are under way at the same time. */
  lanes: number;
  /** False: the first divergence is enough as it is. */
  shrink?: boolean;
  /** Ends the run early, between programs. */
  signal?: AbortSignal;
  /** `done`: all programs below this one are done. */
  onProgress?(done: number): void;
}

export interface Outcome {
  /** All programs below this one are done. */
  done: number;
  /** How many this run carried out. */
  ran: number;
  /** Comparisons that a busy machine spoilt (503 or no answer on either side), and that were made again. */
  repeated: number;
  counterexample?: Counterexample;
}

export interface Counterexample {
  /** Number of the program: `--seed S --first N` starts with it. */
  program: number;
  divergence: Divergence;
  /** Shorter programs that were tried. */
  shrinks: number;
  /** The divergence was not seen again when the program ran alone: it takes others beside it. */
  isFleeting: boolean;
}

/** A service that is short of time says so: that is no difference, but when it does so again and again nothing can be proven. */
const PATIENCE = 5;

/** Shrinking stops after this. Milliseconds. */
const SHRINK_MS = 60_000;

/** Each program has a seed of its own, so that any one can be run again alone, and a run can go on where it stopped. */
const seedOf = (seed: number, index: number): number => (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) + Math.imul(index, 0xc2b2ae35)) | 0;

export const programAt = (seed: number, index: number): ProgramStep[] =>
  fc.sample(program, { seed: seedOf(seed, index), numRuns: 1 })[0] ?? [];

/** Compares programs until one diverges, which is then shrunk with nothing else under way. */
export async function prove(worlds: Worlds, store: Store, task: Task): Promise<Outcome> {
  const { seed, first, programs, lanes, shrink = true, signal, onProgress } = task;
  let repeated = 0;
  const compare = async (steps: ProgramStep[]): Promise<Divergence | undefined> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const divergence = await divergenceOf(worlds.lone, worlds.fleet, store, steps);
        if (!divergence || !wasShortOfTime(divergence)) return divergence;
        if (attempt === PATIENCE) throw new Error(`the service had no time ${PATIENCE} times: ${JSON.stringify(divergence.actual)}`);
      } catch (error) {
        if (attempt === PATIENCE) throw error;
      }
      repeated += 1;
      await delay(500 * attempt);
    }
  };
  const finished = new Set<number>();
  let [next, done, ran] = [first, first, 0];
  let found: { index: number; divergence: Divergence } | undefined;
  const lane = async (): Promise<void> => {
    while (next < programs && !found && !signal?.aborted) {
      const index = next;
      next += 1;
      const divergence = await compare(programAt(seed, index));
      if (divergence) {
        found ??= { index, divergence };
        return;
      }
      ran += 1;
      finished.add(index);
      while (finished.delete(done)) done += 1;
      onProgress?.(done);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  if (!found) return { done, ran, repeated };
  const { index, divergence } = found;
  const counterexample = shrink
    ? await shrunk(index, divergence, seedOf(seed, index), compare)
    : { program: index, divergence, shrinks: 0, isFleeting: false };
  return { done, ran: ran + 1, repeated, counterexample };
}

const wasShortOfTime = ({ lone, fleet }: Divergence): boolean => [...lone.trace, ...fleet.trace].some(({ status }) => status === 503);

type Compare = (steps: ProgramStep[]) => Promise<Divergence | undefined>;

async function shrunk(index: number, original: Divergence, seed: number, compare: Compare): Promise<Counterexample> {
  const deadline = Date.now() + SHRINK_MS;
  let smallest: Divergence | undefined;
  const property = fc.asyncProperty(program, async (steps) => {
    if (Date.now() > deadline) return;
    const divergence = await compare(steps);
    if (!divergence) return;
    smallest = divergence;
    throw new Error('diverged');
  });
  const { numShrinks } = await fc.check(property, { seed, numRuns: 1 });
  return { program: index, divergence: smallest ?? original, shrinks: numShrinks, isFleeting: smallest === undefined };
}
