import { contentsOf, type Store } from './contents.js';
import { Player, type Observation, type Witness } from './player.js';
import type { ProgramStep } from './program.js';
import type { World } from './world.js';

export interface Side {
  trace: Observation[];
  witnesses: Witness[];
}

export interface Divergence {
  steps: ProgramStep[];
  /** Index of the observation that differs; undefined when all answers are alike and what was left stored differs. */
  at: number | undefined;
  /** The two texts that differ: an observation, or a stored item. */
  expected: string | undefined;
  actual: string | undefined;
  lone: Side;
  fleet: Side;
}

/** The first difference between what one replica and the fleet answered, or left stored; undefined when there is none. */
export async function divergenceOf(lone: World, fleet: World, store: Store, steps: ProgramStep[]): Promise<Divergence | undefined> {
  const [one, many] = await Promise.all([new Player(lone).play(steps), new Player(fleet).play(steps)]);
  const answers = firstDifference(one.trace.map(asText), many.trace.map(asText));
  const sides = { steps, lone: sideOf(one), fleet: sideOf(many) };
  if (answers) return { ...sides, ...answers };
  const [left, right] = await Promise.all([contentsOf(store, one), contentsOf(store, many)]);
  const contents = firstDifference(left, right);
  return contents && { ...sides, ...contents, at: undefined };
}

const asText = (value: unknown): string => JSON.stringify(value, null, 1);
const sideOf = ({ trace, witnesses }: Player): Side => ({ trace, witnesses });

function firstDifference(expected: string[], actual: string[]): { at: number; expected: string | undefined; actual: string | undefined } | undefined {
  for (let at = 0; at < Math.max(expected.length, actual.length); at += 1) {
    if (expected[at] !== actual[at]) return { at, expected: expected[at], actual: actual[at] };
  }
  return undefined;
}
