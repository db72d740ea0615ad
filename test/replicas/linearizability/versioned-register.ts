import type { Model } from './model.js';

/** A resource that is changed by `If-Match` on its version: a profile, session data, a document's metadata. */
export type RegisterInput =
  | { do: 'read' }
  | { do: 'create'; value: string }
  | { do: 'replace'; expected: number; value: string };

export type RegisterOutput =
  | { status: 200 | 201; version: number; value: string }
  /** Missing, stale, or there already. */
  | { status: 404 | 412 | 428 };

export interface Register {
  version: number;
  value: string;
}

const answers = (output: RegisterOutput | undefined, status: 200 | 201, after: Register): boolean =>
  output === undefined ||
  (output.status === status && output.version === after.version && output.value === after.value);

/** Versions count from 1 and rise by exactly 1; a refused change changes nothing. */
export const versionedRegister: Model<Register | null, RegisterInput, RegisterOutput> = {
  initial: null,
  name: (state) => (state ? `${state.version}:${state.value}` : ''),
  step(state, input, output) {
    switch (input.do) {
      case 'read':
        if (output === undefined) return state;
        if (state === null) return output.status === 404 ? state : undefined;
        return answers(output, 200, state) ? state : undefined;
      case 'create': {
        if (state !== null) return output === undefined || output.status === 428 || output.status === 412 ? state : undefined;
        const after = { version: 1, value: input.value };
        return answers(output, 201, after) ? after : undefined;
      }
      case 'replace': {
        if (state?.version !== input.expected) return output === undefined || output.status === 412 ? state : undefined;
        const after = { version: state.version + 1, value: input.value };
        return answers(output, 200, after) ? after : undefined;
      }
    }
  },
};
