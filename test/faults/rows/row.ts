import type { Summary } from '../world/recording.js';
import type { Patch } from '../world/patched-build.js';
import type { World } from '../world/world.js';

/** One thing that was promised, what was measured, and whether it holds. */
export interface Check {
  what: string;
  measured: string;
  promise: string;
  holds: boolean;
}

/** What `--without` takes away; the row must then fail, or it would prove nothing. */
export interface Defence {
  what: string;
  /** Of a copy of the built service. None where the row itself leaves the defence out, because it is not the service's. */
  patches: Patch[];
}

export interface Row<Measured> {
  number: number;
  fault: string;
  promise: string;
  /** Whether other rows may run at the same time, from the start of the card or beside one another. */
  weight: 'background' | 'shared' | 'alone';
  defence: Defence;
  measure(world: World): Promise<Measured>;
  judge(measured: Measured): Check[];
}

/** Hides what a row measures, so that rows fit into one list. */
export const defineRow = <Measured>(row: Row<Measured>): Row<any> => row;

const text = (value: number, unit: string): string => `${Number.isInteger(value) ? value : value.toFixed(value < 10 ? 2 : 0)}${unit && ` ${unit}`}`;

export const atMost = (what: string, measured: number, limit: number, unit = ''): Check => ({
  what,
  measured: text(measured, unit),
  promise: `≤ ${text(limit, unit)}`,
  // Also false for what could not be measured.
  holds: measured <= limit,
});

export const atLeast = (what: string, measured: number, limit: number, unit = ''): Check => ({
  what,
  measured: text(measured, unit),
  promise: `≥ ${text(limit, unit)}`,
  holds: measured >= limit,
});

export const none = (what: string, measured: number): Check => ({ ...atMost(what, measured, 0), promise: 'none' });

/** Says how often each thing happened that must not. */
export function noneOf(what: string, found: string[]): Check {
  const counts = new Map<string, number>();
  for (const each of found) counts.set(each, (counts.get(each) ?? 0) + 1);
  const measured = [...counts].slice(0, 5).map(([each, count]) => (count > 1 ? `${each} × ${count}` : each));
  return { what, measured: measured.join(', ') || '0', promise: 'none', holds: found.length === 0 };
}

export const holds = (what: string, isTrue: boolean, measured = isTrue ? 'yes' : 'no'): Check => ({ what, measured, promise: 'yes', holds: isTrue });

/** A phase that nothing was asked in proves nothing. */
export const enough = (what: string, { requests }: Pick<Summary, 'requests'>, least = 50): Check => atLeast(`${what}: requests`, requests, least);

/** 99th percentile against the one of the undisturbed phase of the same run: `2 × normal + 50 ms` unless said otherwise. */
export function p99Near(what: string, calm: Summary, now: Summary, { factor = 2, plusMs = 50 } = {}): Check {
  return { ...atMost(`${what}: p99`, now.p99, factor * calm.p99 + plusMs, 'ms'), promise: `≤ ${text(factor * calm.p99 + plusMs, 'ms')} (${factor} × normal${plusMs ? ` + ${plusMs} ms` : ''})` };
}
