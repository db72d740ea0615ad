import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LoadShedder } from './load-shedder.js';
import type { LoopTurns } from './loop-turns.js';
import type { RequestsInFlight } from './requests-in-flight.js';
import type { RouteClass } from './route-class.js';

describe('the load shedder', () => {
  const inFlight = { count: 0 };
  const loopTurns = { waiting: 0 };
  let shedder: LoadShedder;
  beforeEach(() => {
    inFlight.count = 4;
    loopTurns.waiting = 0;
    shedder = new LoadShedder(inFlight as RequestsInFlight, loopTurns as LoopTurns);
    // What the machine does meanwhile must not count.
    shedder.onModuleDestroy();
  });
  afterEach(() => shedder.onModuleDestroy());

  const observe = (turnMs: number, times: number) => {
    for (let i = 0; i < times; i += 1) shedder.observe(turnMs);
  };
  const share = (routeClass: RouteClass) => Array.from({ length: 100 }, () => shedder.refuses(routeClass)).filter(Boolean).length / 100;

  it('refuses nothing while turns of the event loop are short', () => {
    observe(5, 100);
    expect(share('create')).toBe(0);
    expect(share('read')).toBe(0);
  });

  it('forgives a single long turn', () => {
    observe(400, 1);
    expect(share('create')).toBe(0);
    expect(share('write')).toBe(0);
  });

  it('refuses the dear first, then changes, then reads, and the platform never', () => {
    observe(60, 6);
    expect([share('create') > 0.5, share('write'), share('read')]).toEqual([true, 0, 0]);
    observe(60, 5);
    expect([share('create'), share('write') > 0.5, share('read')]).toEqual([1, true, 0]);
    observe(60, 20);
    expect(share('write')).toBe(1);
    expect(share('read')).toBeGreaterThan(0.9);
    expect(share('health')).toBe(0);
  });

  it('always lets some reads through, to see when it is over', () => {
    observe(1_000, 1_000);
    expect(share('read')).toBeLessThan(1);
    inFlight.count = 3;
    expect(share('read')).toBe(0);
  });

  it('lets fewer in at once the higher the pressure is', () => {
    observe(40, 4);
    inFlight.count = 13;
    expect(share('create')).toBeLessThan(1);
    inFlight.count = 14;
    expect([share('create'), share('write')]).toEqual([1, 0]);
  });

  it('counts a turn for as long as it lasted', () => {
    shedder.observe(500, 500);
    expect(shedder.pressureNow).toBeCloseTo(0.75);
  });

  it('stops refusing within 4 s of short turns', () => {
    observe(1_000, 1_000);
    observe(5, 40);
    expect(share('create')).toBe(0);
  });

  it('refuses nothing while there is little to do: the machine is then slow for another reason', () => {
    inFlight.count = 3;
    observe(1_000, 1_000);
    expect([share('create'), share('read')]).toEqual([0, 0]);
  });

  it('refuses the dear at once while long work waits for its turns', () => {
    loopTurns.waiting = 3;
    expect(share('upload')).toBe(0);
    loopTurns.waiting = 4;
    expect([share('upload'), share('create'), share('write'), share('read')]).toEqual([1, 1, 0, 0]);
  });

  it('refuses by the number in flight while the event loop is idle', () => {
    inFlight.count = 600;
    expect([share('create'), share('write'), share('read')]).toEqual([1, 0, 0]);
    inFlight.count = 900;
    expect([share('write'), share('read')]).toEqual([1, 0]);
    inFlight.count = 1_024;
    expect([share('read'), share('health')]).toEqual([1, 0]);
  });
});
