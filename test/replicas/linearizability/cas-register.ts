import type { Model } from './model.js';

/** Something that is replaced by the tag of what was read, such as the data of a session. Values are unique, so that each names its tag. */
export type CasInput = { do: 'read' } | { do: 'replace'; expected: string; value: string };
export type CasOutput = { status: 200; value: string } | { status: 412 };

/** There from the beginning, as `initial`. */
export const casRegister = (initial: string): Model<string, CasInput, CasOutput> => ({
  initial,
  name: (state) => state,
  step(state, input, output) {
    if (input.do === 'read') return output === undefined || (output.status === 200 && output.value === state) ? state : undefined;
    const after = input.expected === state ? input.value : state;
    if (output === undefined) return after;
    if (input.expected !== state) return output.status === 412 ? state : undefined;
    return output.status === 200 && output.value === input.value ? after : undefined;
  },
});
