import { describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { Histogram } from './histogram.js';
import type { Reply } from './http-client.js';
import { OpenLoop } from './open-loop.js';

describe('Histogram', () => {
  it('gives percentiles within one percent over five orders of magnitude', () => {
    const histogram = Histogram.of(Array.from({ length: 100_000 }, (_, i) => (i + 1) / 10));
    for (const share of [0.001, 0.1, 0.5, 0.9, 0.99, 0.999]) {
      const exact = share * 10_000;
      expect(Math.abs(histogram.percentile(share) / exact - 1)).toBeLessThan(0.011);
    }
    expect({ count: histogram.count, max: histogram.percentile(1) }).toEqual({ count: 100_000, max: 10_000 });
  });

  it('knows no latency when nothing was recorded', () => {
    expect(new Histogram().percentile(0.99)).toBe(0);
  });

  it('shows one slow reply among a thousand where it belongs', () => {
    const histogram = Histogram.of([...Array.from({ length: 999 }, () => 5), 4_000]);
    expect(histogram.percentile(0.99)).toBeLessThan(5.1);
    expect(histogram.percentile(0.9995)).toBe(4_000);
  });
});

describe('OpenLoop', () => {
  const reply: Reply = { status: 200, headers: { 'x-served-by': 'r1' }, text: '' };
  const request = { label: 'read', method: 'GET', path: '/' };

  it('goes on sending while the service answers nothing', async () => {
    let release = (): void => {};
    const stalled = new Promise<void>((resolve) => (release = resolve));
    const load = new OpenLoop({ perSecond: 200, next: () => request, send: () => stalled.then(() => reply) });
    while (load.outstanding < 40) await delay(10);
    release();
    expect((await load.stop()).length).toBeGreaterThanOrEqual(40);
  });

  it('counts the time that a request waited for its turn as latency', async () => {
    const load = new OpenLoop({ perSecond: 100, next: () => request, send: async () => reply });
    // The client itself is late: nothing can leave while its event loop is blocked.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
    while (load.now() < 420) await delay(10);
    const samples = await load.stop();
    const late = samples.find(({ at }) => at === 10);
    expect(late?.ms).toBeGreaterThanOrEqual(380);
    expect(late?.server).toBe('r1');
  });
});
