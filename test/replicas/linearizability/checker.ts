import { byKey, type History, type Operation } from './history.js';
import { Linearized } from './linearized.js';
import type { Model } from './model.js';
import { lift, putBack, timelineOf, type Event } from './timeline.js';

export type Verdict<Input, Output> =
  | { linearizable: true; operations: number; steps: number }
  | { linearizable: false; operations: number; steps: number; key: string; evidence: Evidence<Input, Output> }
  /** The search was given up: neither right nor wrong, and never to be counted as right. */
  | { linearizable: 'unknown'; operations: number; steps: number; key: string };

export interface Evidence<Input, Output> {
  /** The longest order that still explains the answers. */
  explained: Operation<Input, Output>[];
  /** The answer that no order could explain after it. */
  stuckAt: Operation<Input, Output>;
}

type Search<Input, Output> =
  | { outcome: 'explained' | 'given-up'; steps: number }
  | { outcome: 'refuted'; steps: number; evidence: Evidence<Input, Output> };

/** Judges a history key by key. `maxSteps` bounds the search of one key. */
export function check<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
  { maxSteps = 5_000_000 } = {},
): Verdict<Input, Output> {
  let steps = 0;
  let givenUp: string | undefined;
  for (const [key, operations] of byKey(history)) {
    const search = explain(model, operations, maxSteps);
    steps += search.steps;
    if (search.outcome === 'refuted')
      return { linearizable: false, operations: history.length, steps, key, evidence: search.evidence };
    if (search.outcome === 'given-up') givenUp ??= key;
  }
  if (givenUp !== undefined) return { linearizable: 'unknown', operations: history.length, steps, key: givenUp };
  return { linearizable: true, operations: history.length, steps };
}

/**
 * Wing and Gong's search with Lowe's memory of (linearized set, state) pairs that led nowhere
 * (G. Lowe, "Testing for linearizability", 2017, section 5). Operations that were never answered may stay out.
 */
function explain<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: Operation<Input, Output>[],
  maxSteps: number,
): Search<Input, Output> {
  const { head, answered, size } = timelineOf(operations);
  const linearized = new Linearized(answered, size);
  const seen = new Set<string>();
  const path: { event: Event<Input, Output>; before: State }[] = [];
  let evidence: Evidence<Input, Output> | undefined;
  let state = model.initial;
  let event = head.next;
  for (let steps = 0; ; steps++) {
    if (linearized.answeredCount === answered) return { outcome: 'explained', steps };
    if (steps >= maxSteps) return { outcome: 'given-up', steps };
    if (!event) throw new Error('an answered operation is missing from the timeline');
    if (event.isCall) {
      const after = next(model, state, event);
      if (after !== undefined && linearized.add(event.id, (set) => isNew(seen, `${set}#${model.name(after)}`))) {
        path.push({ event, before: state });
        lift(event);
        state = after;
        event = head.next;
      } else event = event.next;
      continue;
    }
    if (!evidence || path.length > evidence.explained.length)
      evidence = { explained: path.map((step) => step.event.operation), stuckAt: event.operation };
    const last = path.pop();
    if (!last) return { outcome: 'refuted', steps, evidence };
    putBack(last.event);
    linearized.remove(last.event.id);
    state = last.before;
    event = last.event.next;
  }
}

function next<State, Input, Output>(
  model: Model<State, Input, Output>,
  state: State,
  { operation, match }: Event<Input, Output>,
): State | undefined {
  const after = model.step(state, operation.input, match ? operation.output : undefined);
  // An unanswered operation without effect explains nothing: leaving it out is the same.
  if (!match && after !== undefined && model.name(after) === model.name(state)) return undefined;
  return after;
}

function isNew(seen: Set<string>, entry: string): boolean {
  if (seen.has(entry)) return false;
  seen.add(entry);
  return true;
}
