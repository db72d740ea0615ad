import { setTimeout as delay } from 'node:timers/promises';
import type { Cloud } from '../../../local/cloud.js';
import { DEGRADATION, degradationCells, FAULTS_OF, type DegradationCell, type Dependency, type Fault } from '../../../src/docs/degradation.js';
import type { HttpClient, Reply } from '../load/http-client.js';
import { Canary } from '../world/canary.js';
import { World } from '../world/world.js';
import { begin } from './faults.js';
import { probesOf, type Probe } from './requests.js';

export interface CellResult extends DegradationCell {
  asked: number;
  slowestMs: number;
  /** What was answered that must not be, or too late. */
  wrong: string[];
  holds: boolean;
  /** No route is of that kind yet: there is nothing to break. */
  isEmpty: boolean;
}

interface Answer {
  probe: Probe;
  reply: Reply;
  ms: number;
}

const LANES = 3;
const SETTLE_MS = 500;

/** Every cell of the matrix: each fault of each dependency once, with all kinds of routes asked at the same time. */
export async function runMatrix(cloud: Cloud, onCell: (cell: CellResult) => void): Promise<CellResult[]> {
  const results: CellResult[] = [];
  const waiting = Object.keys(DEGRADATION) as Dependency[];
  const lane = async (): Promise<void> => {
    for (let dependency = waiting.shift(); dependency; dependency = waiting.shift()) {
      for await (const cell of cellsOf(dependency, cloud)) {
        results.push(cell);
        onCell(cell);
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  const missing = degradationCells().length - results.length;
  if (missing !== 0) throw new Error(`${missing} cells of the matrix were not tested`);
  return results;
}

async function* cellsOf(dependency: Dependency, cloud: Cloud): AsyncGenerator<CellResult> {
  const world = await World.start({ name: `matrix-${dependency.toLowerCase()}`, cloud: cloud.env, canary: new Canary(), isShort: true });
  try {
    await world.startTasks(1);
    const client = world.client();
    const calm = await ask(client, await settled(world, client));
    for (const fault of FAULTS_OF[dependency] as readonly Fault[]) {
      const probes = await settled(world, client);
      const end = await begin(world.dependencies, dependency, fault);
      const answers = await ask(client, probes);
      await end();
      const cells = degradationCells().filter((cell) => cell.dependency === dependency && cell.fault === fault);
      yield* cells.map((cell) => judge(cell, answers, calm));
    }
  } finally {
    await world.stop();
  }
}

/** The next fault must not meet what the last one left behind: preparing insists until everything works again. */
async function settled(world: World, client: HttpClient): Promise<Probe[]> {
  await delay(SETTLE_MS);
  return probesOf(world, client);
}

async function ask(client: HttpClient, probes: Probe[]): Promise<Answer[]> {
  const timed = async (probe: Probe): Promise<Answer> => {
    const from = performance.now();
    const reply = await client.send(probe);
    return { probe, reply, ms: performance.now() - from };
  };
  const first = await Promise.all(probes.filter(({ isLast }) => !isLast).map(timed));
  return [...first, ...(await Promise.all(probes.filter(({ isLast }) => isLast).map(timed)))];
}

/**
 * `calm` are the answers of the same task without a fault: they show that the requests are right ones, and how slow a machine is
 * whose tasks are not overloaded; that much is not held against the bound.
 */
export function judge(cell: DegradationCell, answers: Answer[], calm: Answer[]): CellResult {
  const ours = answers.filter(({ probe }) => probe.routeClass === cell.routeClass);
  const slack = Math.max(0, ...calm.filter(({ probe }) => probe.routeClass === cell.routeClass).map(({ ms }) => ms));
  const isUsual = ({ probe, reply }: Answer) => reply.status === probe.usual;
  const isRefusal = ({ reply }: Answer) => reply.status === 503 && reply.headers['retry-after'] !== undefined;
  const isRight = { usual: isUsual, unavailable: isRefusal, either: (answer: Answer) => isUsual(answer) || isRefusal(answer) }[cell.answers];
  const wrong = [
    ...calm.filter((answer) => answer.probe.routeClass === cell.routeClass && !isUsual(answer)).map(({ probe, reply }) => `${probe.label} without a fault: ${reply.status || reply.failure}`),
    ...ours.filter((answer) => !isRight(answer)).map(({ probe, reply }) => `${probe.label}: ${reply.status || reply.failure}`),
    ...ours.filter(({ ms }) => ms > cell.withinMs + slack).map(({ probe, ms }) => `${probe.label}: after ${Math.round(ms)} ms`),
  ];
  return { ...cell, asked: ours.length, slowestMs: Math.round(Math.max(0, ...ours.map(({ ms }) => ms))), wrong, holds: wrong.length === 0, isEmpty: ours.length === 0 };
}
