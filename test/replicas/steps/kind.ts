import fc from 'fast-check';
import type { Player } from '../player.js';

/** One kind of step: how often it is generated, its parameters, and what a client does. */
export interface Kind {
  weight: number;
  fields: Record<string, fc.Arbitrary<unknown>>;
  perform(step: never, player: Player): Promise<unknown>;
}

export type Kinds = Record<string, Kind>;

export const kind = <S extends object>(
  weight: number,
  fields: { [K in keyof S]: fc.Arbitrary<S[K]> },
  perform: (step: S, player: Player) => Promise<unknown>,
): Kind => ({ weight, fields, perform }) as Kind;

export const USERS = 3;
/** Each user has signed in twice: sign-in `n` belongs to user `n % USERS`. */
export const SIGN_INS = 2 * USERS;

export type Match = 'none' | 'current' | 'stale';

/** Who acts: mostly the same sign-in, so that programs have a plot. */
export const signIn = fc.oneof(
  { weight: 10, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.constant(1) },
  { weight: 3, arbitrary: fc.constant(USERS) },
  { weight: 1, arbitrary: fc.nat({ max: SIGN_INS - 1 }) },
);
/** Who acts on a thing: mostly its owner. */
export const by = fc.oneof({ weight: 8, arbitrary: fc.constant('owner' as const) }, { weight: 1, arbitrary: signIn });
export type By = 'owner' | number;
/** Which of the things made so far, modulo their number. */
export const nth = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 4 }) });
export const match = fc.constantFrom<Match>('none', 'current', 'current', 'current', 'current', 'stale');
export const text = fc.constantFrom('report', 'Übersicht', 'plan 🗺️', 'a');
/** There half of the time: `freq` is one in how many are nil. */
export const half = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined, freq: 2 });
/** How often in a row, each time from another replica. */
export const times = fc.integer({ min: 1, max: 3 });
/** An Idempotency-Key, or none. */
export const key = half(fc.nat({ max: 1 }));
