/** What an Idempotency-Key is bound to. The query is no part of it: no creating path takes one. */
export interface Fingerprinted {
  method: string;
  path: string;
  /** The parsed JSON, before defaults are filled in; `undefined` without a body. */
  body: unknown;
}

/**
 * One text for requests that mean the same: members in the order of their names, without white space, numbers and strings as
 * JSON.stringify writes them (1.0 is 1, an escape is its character).
 */
export const canonicalRequest = ({ method, path, body }: Fingerprinted): string => `${method}\n${path}\n${canonicalJson(body)}`;

const canonicalJson = (value: unknown): string => JSON.stringify(value, (_, inner: unknown) => (isObject(inner) ? sorted(inner) : inner)) ?? '';

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Integer-like names come first whatever is done, and so in both of two equal objects. */
const sorted = (object: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
