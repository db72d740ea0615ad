import type { Model } from './model.js';

/** POSTs under one user's one Idempotency-Key, and a look at how many resources came of them. */
export type CreateInput = { do: 'create'; body: string } | { do: 'count' };
export type CreateOutput =
  | { status: 201; id: string; replayed: boolean }
  /** The key was used with another body; the first one is still running. */
  | { status: 422 | 409 }
  | { count: number };

export interface Created {
  body: string;
  /** Undefined while no answer has told it: the creating request lost its reply. */
  id: string | undefined;
}

/** The first body creates once and is answered alike for ever; "still running" is right only until it has taken effect. */
export const idempotentCreate: Model<Created | null, CreateInput, CreateOutput> = {
  initial: null,
  name: (state) => (state ? `${state.body}:${state.id ?? '?'}` : ''),
  step(state, input, output) {
    if (input.do === 'count') {
      if (output === undefined) return state;
      return 'count' in output && output.count === (state ? 1 : 0) ? state : undefined;
    }
    if (output === undefined) return state ?? { body: input.body, id: undefined };
    if ('count' in output) return undefined;
    if (!('id' in output)) {
      const right = output.status === 409 ? state === null : state !== null && state.body !== input.body;
      return right ? state : undefined;
    }
    if (state === null) return output.replayed ? undefined : { body: input.body, id: output.id };
    const same = output.replayed && state.body === input.body && (state.id ?? output.id) === output.id;
    return same ? { body: state.body, id: output.id } : undefined;
  },
};
