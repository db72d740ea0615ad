import { AppError } from './app-error.js';

export type Json = null | boolean | number | string | Json[] | { [member: string]: Json };
export type JsonObject = { [member: string]: Json };

const POISONOUS = new Set(['__proto__', 'constructor', 'prototype']);

/** Deepest nesting that any request body may have; the schemas narrow it further. */
export const MAX_DEPTH = 32;

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Refuses bodies that are nested too deep or that name a member which JavaScript treats specially.
 * Iterative, so that a hostile depth cannot overflow the stack.
 */
export function assertSafeJson(root: unknown, maxDepth = MAX_DEPTH): void {
  const pending: { value: unknown; depth: number }[] = [{ value: root, depth: 0 }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { value, depth } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= maxDepth) throw new AppError('validation', `The body is nested deeper than ${maxDepth} levels.`);
    if (!Array.isArray(value)) assertSafeNames(value);
    for (const inner of Object.values(value)) pending.push({ value: inner, depth: depth + 1 });
  }
}

function assertSafeNames(object: object): void {
  for (const name of Object.keys(object)) {
    if (POISONOUS.has(name)) throw new AppError('validation', `A member must not be named "${name}".`);
  }
}

/** Levels of objects and arrays in a value: 0 for a scalar, 1 for `{}`. */
export function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let deepest = 0;
  for (const inner of Object.values(value)) deepest = Math.max(deepest, depthOf(inner));
  return deepest + 1;
}

/** UTF-8 bytes of a value as JSON. */
export const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '', 'utf8');
