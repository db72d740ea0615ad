import type { Config } from '../../src/config/config.js';
import { task, type Task } from './world.js';

export type Moment = 'before' | 'after';

type Next = (args: unknown) => Promise<unknown>;
interface Stack {
  add(middleware: (next: Next) => Next, options: { step: 'initialize'; name: string; priority: 'high' }): void;
}

/** Decides what becomes of a call to AWS; they are counted from 1. */
type Around = (call: number, send: () => Promise<unknown>) => Promise<unknown>;

/** Puts `around` between a task and AWS: to be given the middleware of each of its clients. */
export function watching(around: Around): (stack: unknown) => void {
  let calls = 0;
  const watcher = (next: Next): Next => (args) => {
    calls += 1;
    return around(calls, () => next(args));
  };
  return (stack) => (stack as Stack).add(watcher, { step: 'initialize', name: 'watcher', priority: 'high' });
}

function watchedTask(config: Config, around: Around): Task {
  const watch = watching(around);
  return task(config, {
    clients: ({ db, s3 }) => {
      watch(db.middlewareStack);
      watch(s3.middlewareStack);
    },
  });
}

/** Runs forever what would run on in a dead process: no catch and no finally block gets its turn. */
const death = (): Promise<never> => new Promise<never>(() => undefined);

/** The death of a process before or after its `at`-th call to AWS; `died` resolves at that moment, `calls` counts. */
export function doom(at = Number.POSITIVE_INFINITY, moment: Moment = 'before') {
  const life = { calls: 0, died: Promise.resolve() };
  let die = () => undefined as void;
  life.died = new Promise((resolve) => {
    die = resolve;
  });
  const around: Around = async (call, send) => {
    life.calls = call;
    const isLast = call === at;
    const end = () => {
      die();
      return death();
    };
    if (call > at || (isLast && moment === 'before')) return end();
    const reply = await send();
    return isLast ? end() : reply;
  };
  return { life, watch: watching(around), around };
}

/** A task that dies so. All state is in the stores, so that a process that never goes on is a killed one. */
export function doomedTask(config: Config, at?: number, moment?: Moment) {
  const { life, around } = doom(at, moment);
  return { doomed: watchedTask(config, around), life };
}

/** A task that stands still before or after its `at`-th call to AWS, as a frozen process or a lost network would, until it may go on. */
export function pausedTask(config: Config, at: number, moment: Moment) {
  let [pause, goOn] = [() => undefined as void, () => undefined as void];
  const isPaused = new Promise<void>((resolve) => (pause = resolve));
  const mayGoOn = new Promise<void>((resolve) => (goOn = resolve));
  const paused = watchedTask(config, async (call, send) => {
    const standStill = async () => {
      pause();
      await mayGoOn;
    };
    if (call === at && moment === 'before') await standStill();
    const reply = await send();
    if (call === at && moment === 'after') await standStill();
    return reply;
  });
  return { paused, isPaused, goOn };
}
