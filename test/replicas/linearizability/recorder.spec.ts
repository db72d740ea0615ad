import { describe, expect, it } from '@jest/globals';
import { check } from './checker.js';
import { limitedCounter, type CounterInput, type CounterOutput } from './limited-counter.js';
import { anyReplica, Recorder, runClients } from './recorder.js';

const pause = () => new Promise((resolve) => setImmediate(resolve));

/** A limit of 5 as a server would keep it; `atomic: false` looks first and counts later. */
async function record(atomic: boolean): Promise<Recorder<CounterInput, CounterOutput>> {
  let used = 0;
  const recorder = new Recorder<CounterInput, CounterOutput>();
  await runClients(4, 3, async (client) => {
    await recorder.record(client, 'share', { do: 'take', amount: 1 }, async () => {
      const taken = used < 5;
      if (!atomic) await pause();
      if (taken) used++;
      await pause();
      return { taken };
    });
  });
  return recorder;
}

describe('the recorder', () => {
  it('records a history that shows an atomic limit to hold', async () => {
    const { history } = await record(true);
    expect(history).toHaveLength(12);
    expect(check(limitedCounter(5), history).linearizable).toBe(true);
  });

  it('records a history that convicts a limit which looks first and counts later', async () => {
    const { history } = await record(false);
    expect(check(limitedCounter(5), history).linearizable).toBe(false);
  });

  it('keeps a call that failed as unanswered', async () => {
    const recorder = new Recorder<string, string>();
    await recorder.record(0, 'k', 'in', () => Promise.reject(new Error('socket hang up')));
    expect(recorder.history).toEqual([{ client: 0, key: 'k', input: 'in', start: 0 }]);
  });

  it('keeps an answer that came after the deadline as unanswered', async () => {
    const recorder = new Recorder<string, string>();
    const late = (signal: AbortSignal) =>
      new Promise<string>((resolve) => {
        signal.addEventListener('abort', () => resolve('too late'));
        setTimeout(() => resolve('never'), 1_000).unref();
      });
    expect(await recorder.record(0, 'k', 'in', late, 5)).toBeUndefined();
    expect(recorder.history[0]).not.toHaveProperty('end');
  });

  it('spreads requests over the replicas', () => {
    const numbers = [0, 0.4, 0.99];
    const at = anyReplica(['http://a', 'http://b', 'http://c'], () => numbers.shift()!);
    expect(['/x', '/x', '/x'].map(at)).toEqual(['http://a/x', 'http://b/x', 'http://c/x']);
  });
});
