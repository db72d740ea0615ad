import type { Kind, Scenario } from './model.js';

const BASE = 1_000;
const HOUR = 3_600;
const FAULT_AT = 600;

/** Ten times the traffic within a minute, for twenty minutes. */
const flashCrowd = (now: number): number => {
  if (now < FAULT_AT || now > FAULT_AT + 1_200) return BASE;
  return BASE * Math.min(10, 1 + (9 * (now - FAULT_AT)) / 60);
};

/** As much again within a minute. */
const doubling = (now: number): number => BASE * 3 * Math.min(2, 1 + Math.max(0, now - FAULT_AT) / 60);

/** Commands miss their 50 ms deadline until the breaker opens; then every read costs what one without a cache costs. */
const slowCache = (kind: Kind, now: number): Kind => {
  if (now < FAULT_AT || now > FAULT_AT + 600) return kind;
  const wait = now < FAULT_AT + 1 ? 0.05 : Math.max(kind.wait, 0.004);
  return { ...kind, cpu: kind.cpu + 0.000_15, wait };
};

export const SCENARIOS: Scenario[] = [
  { name: 'flash-crowd', title: 'flash crowd, ten times the traffic', seconds: HOUR * 0.75, rate: flashCrowd },
  { name: 'zone-loss', title: 'a zone is lost', seconds: HOUR / 2, rate: () => BASE * 3, zoneLost: { at: FAULT_AT, zone: 1 } },
  { name: 'zone-loss-at-rise', title: 'a zone is lost while traffic doubles', seconds: HOUR / 2, rate: doubling, zoneLost: { at: FAULT_AT, zone: 1 } },
  { name: 'deployment', title: 'rolling deployment at peak', seconds: HOUR / 2, rate: () => BASE * 3, deployment: { at: FAULT_AT } },
  { name: 'slow-cache', title: 'the cache is slow for ten minutes', seconds: HOUR / 2, rate: () => BASE * 3, kind: slowCache },
];
