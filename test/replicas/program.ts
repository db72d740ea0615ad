import fc from 'fast-check';
import { accountSteps } from './steps/accounts.js';
import { documentSteps } from './steps/documents.js';
import type { Kinds } from './steps/kind.js';
import { limitSteps } from './steps/limits.js';
import { profileSteps } from './steps/profiles.js';
import { sessionSteps } from './steps/sessions.js';
import { shareSteps } from './steps/shares.js';
import { uploadSteps } from './steps/uploads.js';

/** What happens around a step on the fleet, and never on the lone replica. */
export type Disturbance = 'none' | 'kill-before' | 'kill-during' | 'flush-cache' | 'lose-cache';

/** `do` names the kind; the other members are its parameters. */
export type Step = { do: string } & Record<string, unknown>;

export interface ProgramStep {
  step: Step;
  /** Picks the replica of the step's first call: taken modulo how many serve. */
  replica: number;
  disturbance: Disturbance;
}

const areas: Kinds[] = [profileSteps, documentSteps, uploadSteps, shareSteps, sessionSteps];
export const kinds: Kinds = Object.assign({}, ...areas, limitSteps, accountSteps);

const disturbance: fc.Arbitrary<Disturbance> = fc.oneof(
  { weight: 360, arbitrary: fc.constant('none' as const) },
  { weight: 2, arbitrary: fc.constant('kill-before' as const) },
  { weight: 2, arbitrary: fc.constant('kill-during' as const) },
  { weight: 1, arbitrary: fc.constant('flush-cache' as const) },
  { weight: 1, arbitrary: fc.constant('lose-cache' as const) },
);

/** How much more often than its weight says a step of the area in focus is taken: most of a program has one plot. */
const FOCUS = 12;

/** Steps of all kinds, mostly of the area in focus. */
function stepsAround(focus: Kinds): fc.Arbitrary<ProgramStep[]> {
  const step = fc.oneof(
    ...Object.entries(kinds).map(([name, { weight, fields }]) => ({
      weight: Object.hasOwn(focus, name) ? FOCUS * weight : weight,
      arbitrary: fc.record({ do: fc.constant(name), ...fields }) as fc.Arbitrary<Step>,
    })),
  );
  return fc.array(fc.record({ step, replica: fc.nat({ max: 59 }), disturbance }), { minLength: 4, maxLength: 14, size: 'max' });
}

/** Random programs of up to 14 steps by three users; most hidden state is about documents. */
export const program: fc.Arbitrary<ProgramStep[]> = fc.oneof(...[...areas, documentSteps, {}].map(stepsAround));
