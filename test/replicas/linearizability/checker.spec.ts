import { describe, expect, it } from '@jest/globals';
import { check } from './checker.js';
import { fromJsonLines, toJsonLines, type Operation } from './history.js';
import { idempotentCreate } from './idempotent-create.js';
import { counterHistories, creationHistories, registerHistories } from './known-histories.js';
import { limitedCounter } from './limited-counter.js';
import type { Model } from './model.js';
import { randomFrom, simulate } from './simulation.js';
import { versionedRegister, type RegisterInput, type RegisterOutput } from './versioned-register.js';

describe('histories with a known verdict', () => {
  it.each(registerHistories)('register: $why → $linearizable', ({ history, linearizable }) => {
    expect(check(versionedRegister, history).linearizable).toBe(linearizable);
  });

  it.each(counterHistories)('counter with a limit: $why → $linearizable', ({ history, linearizable }) => {
    expect(check(limitedCounter(2), history).linearizable).toBe(linearizable);
  });

  it.each(creationHistories)('idempotent create: $why → $linearizable', ({ history, linearizable }) => {
    expect(check(idempotentCreate, history).linearizable).toBe(linearizable);
  });
});

describe('the search', () => {
  it('agrees with trying every order, on thousands of small histories', () => {
    const verdicts = { true: 0, false: 0 };
    for (let seed = 1; seed <= 4_000; seed++) {
      const history = tampered(simulate({ seed, operations: 6, clients: 3, keys: 1, lost: 0.2 }), seed);
      const expected = someOrderExplains(versionedRegister, versionedRegister.initial, history);
      expect({ seed, verdict: check(versionedRegister, history).linearizable }).toEqual({ seed, verdict: expected });
      verdicts[`${expected}`]++;
    }
    expect(Math.min(verdicts.true, verdicts.false)).toBeGreaterThan(400);
  });

  it('explains 50,000 operations of 16 clients with lost answers', () => {
    const history = simulate({ seed: 7, operations: 50_000, clients: 16, keys: 200, lost: 0.01 });
    expect(check(versionedRegister, history)).toMatchObject({ linearizable: true, operations: 50_000 });
  });

  it('finds the one stale read among 20,000 operations and names the answer', () => {
    const history = simulate({ seed: 8, operations: 20_000, clients: 8, keys: 50, lost: 0.01 });
    const stale = history.findLast((operation) => operation.output?.status === 200 && operation.output.version > 9)!;
    stale.output = { status: 200, version: 1, value: 'long ago' };
    expect(check(versionedRegister, history)).toMatchObject({
      linearizable: false,
      key: stale.key,
      evidence: { stuckAt: { output: { value: 'long ago' } } },
    });
  });

  it('says "unknown", never "linearizable", when it gives up', () => {
    const history = simulate({ seed: 9, operations: 100, clients: 4, keys: 1, lost: 0 });
    expect(check(versionedRegister, history, { maxSteps: 10 }).linearizable).toBe('unknown');
  });

  it('takes back a history that was written to a file', () => {
    const history = simulate({ seed: 10, operations: 50, clients: 3, keys: 2, lost: 0.2 });
    expect(fromJsonLines(toJsonLines(history))).toEqual(history);
  });
});

/** Changes one answer, which may or may not break the history. */
function tampered(history: Operation<RegisterInput, RegisterOutput>[], seed: number) {
  const random = randomFrom(seed);
  const target = history[Math.floor(random() * history.length)]!;
  const donor = history[Math.floor(random() * history.length)]!;
  if (target.end !== undefined && donor.output) target.output = donor.output;
  return history;
}

/** The definition itself: some order that respects real time explains every answer; unanswered operations may stay out. */
function someOrderExplains<State, Input, Output>(
  model: Model<State, Input, Output>,
  state: State,
  left: Operation<Input, Output>[],
): boolean {
  if (left.every((operation) => operation.end === undefined)) return true;
  const firstEnd = Math.min(...left.map((operation) => operation.end ?? Infinity));
  return left.some((operation) => {
    if (operation.start > firstEnd) return false;
    const after = model.step(state, operation.input, operation.output);
    return after !== undefined && someOrderExplains(model, after, left.filter((other) => other !== operation));
  });
}
