import { describe, expect, it } from '@jest/globals';
import { ROWS } from './all.js';
import { slopeOf } from './slope.js';

const calm = { requests: 400, failed: 0, p50: 4, p99: 20, max: 40 };
const fine = { ...calm, p99: 60 };
const books = { acknowledged: 300, repeated: 4, lost: 0, doubled: 0, wronglyRefused: 0 };
const phase = { label: 'a fault', summary: fine, notAnswered: 0, usedAgainAfterMs: 900 };
const s3Phase = { label: 'a fault', untouched: fine, asked: 4, slowestMs: 1_600, wrong: [] };

/** A measurement of each row that keeps the promise, and changes of it of which each breaks it. */
const CASES: Record<number, { good: object; bad: Record<string, object> }> = {
  1: {
    good: { restarts: 9, unclean: 0, during: fine },
    bad: { 'a lost request': { during: { ...fine, failed: 1 } }, 'an exit with an error': { unclean: 1 }, 'hardly any load': { during: { ...fine, requests: 5 } } },
  },
  2: {
    good: { kills: 6, inFlight: 7, during: { ...fine, failed: 7 }, books },
    bad: {
      'more failures than were in flight': { during: { ...fine, failed: 8 } },
      'a lost write': { books: { ...books, lost: 1 } },
      'a doubled write': { books: { ...books, doubled: 1 } },
      'a kill that met nothing': { inFlight: 0, during: fine },
    },
  },
  3: {
    good: { during: fine, attempts: 1_250, calls: 1_000, disturbed: 250, unexplained: [], books },
    bad: { 'too many attempts': { attempts: 1_400 }, 'a fault that met nothing': { disturbed: 0 }, 'a failure without a reason': { unexplained: ['profile: 500'] }, 'a wrong refusal': { books: { ...books, wronglyRefused: 1 } } },
  },
  4: {
    good: { during: { ...fine, max: 2_400 }, unexplained: [], liveFailures: 0, grownMiB: 3, normalAfterMs: 400 },
    bad: { 'a late reply': { during: { ...fine, max: 3_001 } }, 'growing memory': { grownMiB: 40 }, 'no recovery': { normalAfterMs: Infinity }, 'a dead health check': { liveFailures: 1 } },
  },
  5: {
    good: { during: fine, kinds: 18, lost: 36, wrong: [], doubled: [] },
    bad: { 'a false 412': { wrong: ['profile patch: 412'] }, 'a duplicate': { doubled: ['documents: a a'] }, 'no lost reply': { lost: 0 } },
  },
  6: {
    good: { calm, phases: [phase] },
    bad: { 'a read not answered': { phases: [{ ...phase, notAnswered: 1 }] }, 'slow reads': { phases: [{ ...phase, summary: { ...fine, p99: 91 } }] }, 'a breaker that stays open': { phases: [{ ...phase, usedAgainAfterMs: Infinity }] } },
  },
  7: {
    good: { calm, phases: [s3Phase], completedAfter: 2, pending: 2 },
    bad: { 'a late 503': { phases: [{ ...s3Phase, slowestMs: 2_100 }] }, 'a 500': { phases: [{ ...s3Phase, wrong: ['complete 500'] }] }, 'profiles that suffer': { phases: [{ ...s3Phase, untouched: { ...fine, failed: 1 } }] }, 'a lost upload': { completedAfter: 1 } },
  },
  8: {
    good: { known: 400, refused: 0, outageHours: 1, newKeyAfterMs: 11_000, unknownPerSecond: 990, wronglyAnswered: 0, fetches: 2, floodMs: 15_000 },
    bad: { 'a refused token': { refused: 1 }, 'a new key that is unknown for long': { newKeyAfterMs: Infinity }, 'a fetch for every token': { fetches: 14_000 }, 'a wrong answer': { wronglyAnswered: 1 } },
  },
  9: {
    good: { refreshFailed: true, failed: 0, asked: 10, isStillReady: true, startingStatus: 503, startingReason: 'The application secret has not been read yet.', readyAfterMs: 2_000 },
    bad: { 'a forgotten secret': { failed: 10 }, 'a task that gives up': { isStillReady: false }, 'ready without it': { startingStatus: 200 }, 'no reason': { startingReason: 'The service is starting.' }, 'a refresh that never came': { refreshFailed: false } },
  },
  10: {
    good: { peakPerSecond: 300, offeredPerSecond: 900, goodPerSecond: 280, shed: 3_000, shedP99: 30, wrong: 0, liveAsked: 100, liveFailed: 0 },
    bad: { collapse: { goodPerSecond: 100 }, 'slow refusals': { shedP99: 51 }, 'a dead health check': { liveFailed: 1 }, 'a timeout': { wrong: 1 } },
  },
  11: {
    good: { calm, others: fine, failed: 0, ejectedAfterMs: 1_800, backAfterMs: 300 },
    bad: { 'never ejected': { ejectedAfterMs: Infinity }, 'a lost request': { failed: 1 }, 'others that suffer': { others: { ...fine, p99: 400 } } },
  },
  12: {
    good: { calm, during: fine, opened: 5_000, lastClosedAfterMs: 14_900, stillOpen: 0 },
    bad: { 'one that stays': { stillOpen: 1 }, 'one that stays long': { lastClosedAfterMs: 15_100 }, 'good clients that suffer': { during: { ...fine, p99: 61 } } },
  },
  13: {
    good: { minutes: 1, requests: 1_500, slope: 0.6, doubt: 0.3, highestRss: 190, handlesAtFirst: 40, handlesAtLast: 38, exits: 0, unexplained: [] },
    bad: { 'a leak': { slope: 2 }, 'no certainty': { doubt: Infinity, slope: NaN }, 'too large': { highestRss: 300 }, 'handles that stay': { handlesAtLast: 90 }, 'an exit': { exits: 1 } },
  },
  14: {
    good: { calm, during: fine, grownMiB: 2, missing: 900, dropped: 902, isShort: false },
    bad: { 'a task that waits for its log': { during: { ...fine, failed: 3 } }, 'a log that grows': { grownMiB: 80 }, 'lines that vanish': { missing: 903 }, 'a buffer that was never full': { missing: 0, dropped: 0 } },
  },
  15: {
    good: { output: 90_000, replies: 90_000, sent: 48, traces: 3, leaks: [] },
    bad: { 'a token in the log': { leaks: [{ where: 'output', what: 'access token', context: '' }] }, 'a search of nothing': { output: 0 }, 'no traces': { traces: 0 } },
  },
};

const verdict = (number: number, measured: object): boolean => {
  const checks = ROWS.find((row) => row.number === number)?.judge(measured) ?? [];
  return checks.length > 0 && checks.every(({ holds }) => holds);
};

describe('the verdicts of the scorecard', () => {
  it('are known for each of the 15 rows', () => {
    expect(ROWS.map(({ number }) => number)).toEqual(Object.keys(CASES).map(Number));
  });

  for (const [number, { good, bad }] of Object.entries(CASES)) {
    it(`of row ${number} say yes to what was promised`, () => {
      expect(verdict(Number(number), good)).toBe(true);
    });
    for (const [what, change] of Object.entries(bad)) {
      it(`of row ${number} say no to ${what}`, () => {
        expect(verdict(Number(number), { ...good, ...change })).toBe(false);
      });
    }
  }
});

describe('the slope through measurements', () => {
  it('is that of a line, with no doubt', () => {
    const { slope, doubt } = slopeOf([[0, 5], [1, 7], [2, 9], [3, 11]]);
    expect({ slope, doubt }).toEqual({ slope: 2, doubt: 0 });
  });

  it('is in doubt when the measurements scatter', () => {
    expect(slopeOf([[0, 5], [1, 9], [2, 4], [3, 8]]).doubt).toBeGreaterThan(2);
  });
});
