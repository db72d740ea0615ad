import { contentsOf, type Store } from './contents.js';
import type { ProgramStep } from './program.js';
import { Run, type World } from './run.js';

export interface Divergence {
  /** Index of the observation that differs; the trace's length when the final contents do. */
  at: number;
  expected: string | undefined;
  actual: string | undefined;
  steps: ProgramStep[];
}

/** The first difference between what one replica and the fleet answered, or left stored; undefined when there is none. */
export async function divergenceOf(lone: World, fleet: World, store: Store, steps: ProgramStep[]): Promise<Divergence | undefined> {
  const [one, many] = [new Run(lone, false), new Run(fleet, true)];
  const [alone, together] = await Promise.all([one.execute(steps), many.execute(steps)]);
  return (
    firstDifference(alone.map(text), together.map(text), steps) ??
    shifted(firstDifference(await contentsOf(store, one), await contentsOf(store, many), steps), alone.length)
  );
}

const text = (value: unknown): string => JSON.stringify(value, null, 1);

function firstDifference(expected: string[], actual: string[], steps: ProgramStep[]): Divergence | undefined {
  for (let at = 0; at < Math.max(expected.length, actual.length); at += 1) {
    if (expected[at] !== actual[at]) return { at, expected: expected[at], actual: actual[at], steps };
  }
  return undefined;
}

const shifted = (found: Divergence | undefined, by: number): Divergence | undefined => found && { ...found, at: found.at + by };
