import type { Result } from '../scorecard.js';

export interface Run {
  startedAt: Date;
  seconds: number;
  isShort: boolean;
}

export const pageOf = (results: Result[], run: Run): string => JSON.stringify({ run, results: results.length });
