import { describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { CircuitBreaker } from './circuit-breaker.js';

const OPTIONS = { threshold: 3, lastingMs: 30, probeMs: 20 };

function breakerOver(probe: () => Promise<unknown>) {
  const changes: boolean[] = [];
  const breaker = new CircuitBreaker(probe, (isOpen) => changes.push(isOpen), OPTIONS);
  return { breaker, changes };
}

const trip = async (breaker: CircuitBreaker) => {
  breaker.failed();
  breaker.failed();
  await delay(OPTIONS.lastingMs + 5);
  breaker.failed();
};

describe('the circuit breaker', () => {
  it('opens after failures in a row, once', async () => {
    const { breaker, changes } = breakerOver(() => Promise.reject(new Error('down')));
    await trip(breaker);
    breaker.failed();
    expect(breaker.isOpen).toBe(true);
    expect(changes).toEqual([true]);
    breaker.stop();
  });

  it('takes many failures at the same time for one hiccup', () => {
    const { breaker } = breakerOver(async () => undefined);
    for (let i = 0; i < 100; i += 1) breaker.failed();
    expect(breaker.isOpen).toBe(false);
  });

  it('begins to count again after a success', async () => {
    const { breaker } = breakerOver(async () => undefined);
    breaker.failed();
    breaker.failed();
    breaker.succeeded();
    await delay(OPTIONS.lastingMs + 5);
    breaker.failed();
    breaker.failed();
    expect(breaker.isOpen).toBe(false);
  });

  it('probes by itself until it can close', async () => {
    let probes = 0;
    const { breaker, changes } = breakerOver(async () => {
      probes += 1;
      if (probes < 3) throw new Error('down');
    });
    await trip(breaker);
    await delay(3 * 2 * OPTIONS.probeMs + 60);
    expect({ probes, changes, isOpen: breaker.isOpen }).toEqual({ probes: 3, changes: [true, false], isOpen: false });
  });

  it('probes no more once stopped', async () => {
    let probes = 0;
    const { breaker } = breakerOver(async () => void (probes += 1));
    await trip(breaker);
    breaker.stop();
    await delay(3 * OPTIONS.probeMs);
    expect(probes).toBe(0);
  });
});
