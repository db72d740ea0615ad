import { setTimeout as delay } from 'node:timers/promises';
import type { World } from '../world.js';
import { Api } from './api.js';
import { check, type Verdict } from './checker.js';
import type { Operation } from './history.js';
import { Recorder, runClients } from './recorder.js';
import { randomFrom } from './simulation.js';
import type { Subject } from './subject.js';

/** What was recorded and judged of one subject. */
export interface Tally {
  /** Things that clients competed for: users, uploads, links, Idempotency-Keys. */
  keys: number;
  operations: number;
  /** Operations that nobody knows the outcome of: their replica was killed, or said that it could not tell. */
  unanswered: number;
}

export interface Refuted {
  subject: string;
  verdict: Verdict<unknown, unknown>;
  history: Operation<unknown, unknown>[];
}

export interface Plan {
  subjects: Subject[];
  operations: number;
  seed: number;
  /** Keys that are used at the same time. */
  lanes: number;
  onProgress(operations: number): void;
}

/** A call takes longer only when something hangs. Milliseconds. */
const DEADLINE_MS = 20_000;

/** Records concurrent histories, key by key, and judges each as soon as it is over. Stops at the first one that is refuted. */
export async function record(world: World, { subjects, operations, seed, lanes, onProgress }: Plan): Promise<{ tallies: Map<string, Tally>; refuted?: Refuted }> {
  const tallies = new Map(subjects.map(({ name }) => [name, { keys: 0, operations: 0, unanswered: 0 }]));
  let [done, next] = [0, 0];
  let refuted: Refuted | undefined;
  const lane = async (): Promise<void> => {
    while (done < operations && !refuted) {
      const index = next;
      next += 1;
      const subject = fewest(subjects, tallies);
      const tally = tallies.get(subject.name) as Tally;
      tally.keys += 1;
      const history = await recordKey(world, subject, seed + index);
      const verdict = check(subject.model, history);
      tally.operations += history.length;
      tally.unanswered += history.filter(({ end }) => end === undefined).length;
      done += history.length;
      if (verdict.linearizable !== true) refuted ??= { subject: subject.name, verdict, history };
      onProgress(done);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return { tallies, ...(refuted && { refuted }) };
}

/** The subject that was recorded least so far. */
const fewest = (subjects: Subject[], tallies: Map<string, Tally>): Subject =>
  subjects.reduce((least, subject) => (weightOf(subject, tallies) < weightOf(least, tallies) ? subject : least));

const weightOf = ({ name }: Subject, tallies: Map<string, Tally>): number => tallies.get(name)?.keys ?? 0;

async function recordKey(world: World, subject: Subject, seed: number): Promise<Operation<unknown, unknown>[]> {
  const random = randomFrom(seed);
  const clientOf = await subject.open(new Api(world.fleet, world.mint, random));
  const turns = Array.from({ length: subject.clients }, (_, client) => clientOf(client));
  const recorder = new Recorder<unknown, unknown>();
  await runClients(subject.clients, subject.turns, async (client) => {
    await turns[client]?.((input, call) => recorder.record(client, subject.name, input, call, DEADLINE_MS), random);
  });
  return recorder.history;
}

export interface Rhythm {
  /** A replica is killed in the middle of whatever it does, about so often but never two at once. Milliseconds. */
  kill: number;
  flush: number;
  loss: number;
}

/** Faults go on beside the clients until the returned function is called. */
export function disturb({ fleet, faults }: World, rhythm: Rhythm, random: () => number): () => Promise<void> {
  const end = new AbortController();
  const every = async (ms: number, act: () => Promise<unknown>): Promise<void> => {
    for (;;) {
      await delay(ms * (0.5 + random()), undefined, { signal: end.signal, ref: false }).catch(() => {});
      if (end.signal.aborted) return;
      await act();
    }
  };
  const running = [
    every(rhythm.kill, async () => void (fleet.isWhole && (await fleet.kill(await fleet.pick(Math.floor(random() * 1_000)))))),
    ...(faults ? [every(rhythm.flush, () => faults.flushCache()), every(rhythm.loss, () => loseForAMoment(faults))] : []),
  ];
  return async () => {
    end.abort();
    await Promise.all(running);
  };
}

async function loseForAMoment(faults: NonNullable<World['faults']>): Promise<void> {
  const mend = await faults.loseCache();
  await delay(300);
  mend();
}
