import type { Operation } from './history.js';

/** A call or a return in the doubly linked list that the search takes operations out of and puts back into. */
export interface Event<Input, Output> {
  id: number;
  operation: Operation<Input, Output>;
  /** The return of a call; undefined for a return, and for the call of an operation that was never answered. */
  match: Event<Input, Output> | undefined;
  isCall: boolean;
  previous: Event<Input, Output> | undefined;
  next: Event<Input, Output> | undefined;
}

export interface Timeline<Input, Output> {
  /** Stands before the first event. */
  head: Event<Input, Output>;
  answered: number;
  size: number;
}

/** Ids count the answered operations first, by start, so that the set of linearized ones is nearly a prefix. */
export function timelineOf<Input, Output>(operations: readonly Operation<Input, Output>[]): Timeline<Input, Output> {
  const byStart = [...operations].sort((a, b) => a.start - b.start);
  const answered = byStart.filter((operation) => operation.end !== undefined);
  const ordered = [...answered, ...byStart.filter((operation) => operation.end === undefined)];
  const events: { at: number; event: Event<Input, Output> }[] = [];
  ordered.forEach((operation, id) => {
    const blank = { id, operation, match: undefined, previous: undefined, next: undefined };
    const call: Event<Input, Output> = { ...blank, isCall: true };
    events.push({ at: operation.start, event: call });
    if (operation.end === undefined) return;
    if (operation.end < operation.start) throw new Error(`operation ends before it starts: ${JSON.stringify(operation)}`);
    call.match = { ...blank, isCall: false };
    events.push({ at: operation.end, event: call.match });
  });
  // A tie is taken as overlap: a clock that cannot tell two moments apart must not convict anybody.
  events.sort((a, b) => a.at - b.at || Number(b.event.isCall) - Number(a.event.isCall));
  return { head: chain(events.map(({ event }) => event)), answered: answered.length, size: ordered.length };
}

function chain<Input, Output>(events: Event<Input, Output>[]): Event<Input, Output> {
  const head = { id: -1, isCall: false, match: undefined, previous: undefined } as unknown as Event<Input, Output>;
  let last = head;
  for (const event of events) {
    last.next = event;
    event.previous = last;
    last = event;
  }
  return head;
}

/** Takes a call and its return out of the list. */
export function lift<Input, Output>(call: Event<Input, Output>): void {
  for (const event of [call, call.match]) {
    if (!event) continue;
    if (event.previous) event.previous.next = event.next;
    if (event.next) event.next.previous = event.previous;
  }
}

/** Undoes the latest `lift`; must be called in the opposite order of the lifts. */
export function putBack<Input, Output>(call: Event<Input, Output>): void {
  for (const event of [call.match, call]) {
    if (!event) continue;
    if (event.previous) event.previous.next = event;
    if (event.next) event.next.previous = event;
  }
}
