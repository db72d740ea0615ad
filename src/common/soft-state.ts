import 'reflect-metadata';

/** What a process may remember because losing it costs a client nothing but time. */
export interface SoftStateDeclaration {
  /** What is remembered. */
  holds: string;
  /** The most that can be held, such as `10,000 tokens`. */
  bound: string;
  /** How old an entry can get before it is no longer used. */
  maxAge: string;
  /** What a client notices when the process dies. */
  ifLost: string;
}

export const SOFT_STATE = Symbol('soft-state');

/** Declares the state that a class keeps between requests; the state map (docs/state.md) is made from these. */
export const SoftState =
  (declaration: SoftStateDeclaration): ClassDecorator =>
  (target) => {
    Reflect.defineMetadata(SOFT_STATE, declaration, target);
  };
