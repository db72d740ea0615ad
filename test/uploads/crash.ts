import type { Config } from '../../src/config/config.js';
import { task, type Task } from './world.js';

export type Moment = 'before' | 'after';

type Next = (args: unknown) => Promise<unknown>;
interface Stack {
  add(middleware: (next: Next) => Next, options: { step: 'initialize'; name: string; priority: 'high' }): void;
}

/** Lets `around` decide what becomes of each of a task's calls to AWS, which are counted from 1. */
function watchedTask(config: Config, around: (call: number, send: () => Promise<unknown>) => Promise<unknown>): Task {
  let calls = 0;
  const watcher = (next: Next): Next => (args) => {
    calls += 1;
    return around(calls, () => next(args));
  };
  const watch = (stack: unknown) => (stack as Stack).add(watcher, { step: 'initialize', name: 'watcher', priority: 'high' });
  return task(config, {
    clients: ({ db, s3 }) => {
      watch(db.middlewareStack);
      watch(s3.middlewareStack);
    },
  });
}

/** Runs forever what would run on in a dead process: no catch and no finally block gets its turn. */
const death = (): Promise<never> => new Promise<never>(() => undefined);

/**
 * A task that dies before or after its `at`-th call to AWS. All state is in the stores, so that a process that never goes on
 * is a killed one. `died` resolves at that moment; `calls` counts.
 */
export function doomedTask(config: Config, at = Number.POSITIVE_INFINITY, moment: Moment = 'before') {
  const life = { calls: 0, died: Promise.resolve() };
  let die = () => undefined as void;
  life.died = new Promise((resolve) => {
    die = resolve;
  });
  const doomed = watchedTask(config, async (call, send) => {
    life.calls = call;
    const isLast = call === at;
    const end = () => {
      die();
      return death();
    };
    if (call > at || (isLast && moment === 'before')) return end();
    const reply = await send();
    return isLast ? end() : reply;
  });
  return { doomed, life };
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
