import type { Cloud } from '../../local/cloud.js';
import type { Check, Row } from './rows/row.js';
import type { Sample } from './load/open-loop.js';
import { Canary } from './world/canary.js';
import { summaryOf, type Span } from './world/recording.js';
import { World } from './world/world.js';

export interface Result {
  number: number;
  fault: string;
  promise: string;
  /** What was switched off, if anything was. */
  without?: string;
  checks: Check[];
  /** Whether every check does. */
  holds: boolean;
  /** Why nothing could be judged: the rehearsal itself went wrong. */
  error?: string;
  seconds: number;
  /** Attempts: a run whose undisturbed phase already lost requests says nothing about the fault, and is repeated. */
  runs: number;
  spans: Span[];
  samples: Sample[];
}

export interface CardOptions {
  cloud: Cloud;
  rows: Row<any>[];
  isShort: boolean;
  isWithoutDefence: boolean;
  onResult: (result: Result) => void;
}

/** As many rows at once as a machine of two cores bears. */
const LANES = 2;
const MOST_RUNS = 3;

/** Runs the rows: those in the background from the start, the others beside one another, and last those that need to be alone. */
export async function runCard(options: CardOptions): Promise<Result[]> {
  const canary = new Canary();
  const run = async (row: Row<any>): Promise<Result> => {
    const result = await runRow(row, canary, options);
    options.onResult(result);
    return result;
  };
  const by = (weight: Row<any>['weight']) => options.rows.filter((row) => row.weight === weight);
  const background = by('background').map(run);
  const shared = await inLanes(by('shared'), run);
  const ended = await Promise.all(background);
  const alone = await inLanes(by('alone'), run, 1);
  return [...ended, ...shared, ...alone].sort((a, b) => a.number - b.number);
}

async function inLanes(rows: Row<any>[], run: (row: Row<any>) => Promise<Result>, lanes = LANES): Promise<Result[]> {
  const waiting = [...rows];
  const results: Result[] = [];
  const lane = async (): Promise<void> => {
    for (let row = waiting.shift(); row; row = waiting.shift()) results.push(await run(row));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

async function runRow(row: Row<any>, canary: Canary, options: CardOptions): Promise<Result> {
  let result = await runOnce(row, canary, options, 1);
  while (!result.holds && !options.isWithoutDefence && wasDisturbedBefore(result) && result.runs < MOST_RUNS) {
    result = await runOnce(row, canary, options, result.runs + 1);
  }
  return result;
}

function wasDisturbedBefore({ spans, samples }: Result): boolean {
  const calm = spans.filter(({ kind }) => kind === 'calm');
  return summaryOf(samples.filter(({ at }) => calm.some(({ from, to }) => at >= from && at < to))).failed > 0;
}

async function runOnce(row: Row<any>, canary: Canary, { cloud, isShort, isWithoutDefence }: CardOptions, runs: number): Promise<Result> {
  const { number, fault, promise, defence } = row;
  const from = performance.now();
  const seconds = () => Math.round((performance.now() - from) / 100) / 10;
  const identity = { number, fault, promise, runs, ...(isWithoutDefence && { without: defence.what }) };
  let world: World | undefined;
  try {
    world = await World.start({
      name: `row${number}-${runs}`,
      cloud: cloud.env,
      // What a missing defence lets out is not held against the others.
      canary: isWithoutDefence ? new Canary() : canary,
      isShort,
      ...(isWithoutDefence && { patches: defence.patches }),
    });
    const checks = row.judge(await row.measure(world));
    const { spans, samples } = world.recording;
    return { ...identity, checks, holds: checks.length > 0 && checks.every(({ holds }) => holds), seconds: seconds(), spans, samples };
  } catch (error) {
    return { ...identity, checks: [], holds: false, error: String((error as Error).stack ?? error), seconds: seconds(), spans: [], samples: [] };
  } finally {
    await world?.stop();
  }
}
