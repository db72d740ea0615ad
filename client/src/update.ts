import type { CallOptions, Reply } from './caller.js';
import { Problem } from './problem.js';

/** The members to change; null removes one (RFC 7396). */
export type Patch<T> = { [K in keyof T]?: T[K] | null };

/** What to change in what is stored now; undefined or {} for nothing. May run several times. */
export type Change<T, W> = (current: T) => Patch<W> | undefined | Promise<Patch<W> | undefined>;

const ATTEMPTS = 6;

/**
 * Reads, lets `change` decide, and writes under the version that was read; when somebody else was faster, once more from the
 * start. A change that is in effect already is not written: so a write whose answer was lost is found done.
 */
export async function update<T extends object, W>(
  read: () => Promise<Reply<T>>,
  write: (patch: Patch<W>, ifMatch: string | undefined) => Promise<Reply<T>>,
  change: Change<T, W>,
  options: CallOptions = {},
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const { data, etag } = await read();
    const patch = (await change(data)) ?? {};
    options.signal?.throwIfAborted();
    if (isInEffect(data, patch)) return data;
    try {
      return (await write(patch, etag)).data;
    } catch (error) {
      if (!Problem.is(error, 'stale') || attempt === ATTEMPTS) throw error;
    }
  }
}

function isInEffect(current: unknown, patch: unknown): boolean {
  if (!isObject(patch)) return JSON.stringify(current) === JSON.stringify(patch);
  if (!isObject(current)) return false;
  return Object.entries(patch).every(([name, value]) => {
    if (value === undefined) return true;
    return value === null ? current[name] === undefined : isInEffect(current[name], value);
  });
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
