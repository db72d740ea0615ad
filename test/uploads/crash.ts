import type { Config } from '../../src/config/config.js';
import { task, type Task } from './world.js';

export type Moment = 'before' | 'after';

type Next = (args: unknown) => Promise<unknown>;
interface Stack {
  add(middleware: (next: Next) => Next, options: { step: 'initialize'; name: string; priority: 'high' }): void;
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
  const fatal = (next: Next): Next => async (args) => {
    life.calls += 1;
    const isLast = life.calls === at;
    const end = () => {
      die();
      return death();
    };
    if (life.calls > at || (isLast && moment === 'before')) return end();
    const reply = await next(args);
    return isLast ? end() : reply;
  };
  const watch = (stack: unknown) => (stack as Stack).add(fatal, { step: 'initialize', name: 'death', priority: 'high' });
  const doomed: Task = task(config, {
    clients: ({ db, s3 }) => {
      watch(db.middlewareStack);
      watch(s3.middlewareStack);
    },
  });
  return { doomed, life };
}
