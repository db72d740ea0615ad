import { HOURS_A_MONTH, PRICES } from './prices.js';
import type { Usage } from './recorder.js';

/** What one request of a route costs, by what it is spent on. US dollars. */
export interface RequestCost {
  dynamodb: number;
  s3: number;
  cache: number;
  cpu: number;
  logs: number;
  balancer: number;
}
export type CostLine = keyof RequestCost;
export const COST_LINES: CostLine[] = ['dynamodb', 's3', 'cache', 'cpu', 'logs', 'balancer'];

export interface RouteCost {
  name: string;
  title: string;
  share: number;
  usage: Usage;
  cpuUs: number;
  replyBytes: number;
  cost: RequestCost;
}

/** Tasks are sized so that a third of their core is used: docs/adr/0011-scaling.md keeps the rest for a zone's loss and a start. */
const UTILISATION = 1 / 3;
const GB_PER_TASK = 2;
/** A capacity unit of the balancer: 1 GB an hour. */
const LCU_BYTES_PER_SECOND = 1e9 / 3_600;
const S3_WRITES = /^(Put|Copy|Create|Complete|Upload|List|Abort)/;

export function costOf({ dynamodb: _calls, s3, cache, readUnits, writeUnits }: Usage, cpuUs: number, logBytes: number, replyBytes: number): RequestCost {
  const s3Cost = Object.entries(s3).reduce((sum, [name, count]) => sum + count * (S3_WRITES.test(name) ? PRICES.s3Write : PRICES.s3Read), 0);
  const coreSecond = (PRICES.vcpuHour + GB_PER_TASK * PRICES.gbHour) / 3_600 / UTILISATION;
  return {
    dynamodb: readUnits * PRICES.readUnit + writeUnits * PRICES.writeUnit,
    s3: s3Cost,
    cache: cache * PRICES.cacheUnit,
    cpu: (cpuUs / 1e6) * coreSecond,
    logs: (logBytes / 1e9) * PRICES.logGb,
    balancer: (replyBytes / LCU_BYTES_PER_SECOND) * (PRICES.capacityUnitHour / 3_600),
  };
}

export const sumOf = (cost: RequestCost): number => COST_LINES.reduce((sum, line) => sum + cost[line], 0);

/** The mean request of the mix. */
export function mixOf(routes: RouteCost[]): RequestCost {
  const entries = COST_LINES.map((line) => [line, routes.reduce((sum, { share, cost }) => sum + share * cost[line], 0)]);
  return Object.fromEntries(entries) as unknown as RequestCost;
}

export interface MonthlyBill {
  perSecond: number;
  lines: Record<CostLine, number>;
  /** What is paid without a request: three tasks, the balancer, the cache's smallest size. */
  standing: number;
  total: number;
  biggest: string;
}

const SMALLEST_CACHE_GB = 0.1;
const FEWEST_TASKS = 3;

/** Tasks that stand there anyway pay for the CPU of the first requests. */
export function billAt(perSecond: number, mix: RequestCost): MonthlyBill {
  const seconds = HOURS_A_MONTH * 3_600;
  const lines = Object.fromEntries(COST_LINES.map((line) => [line, mix[line] * perSecond * seconds])) as Record<CostLine, number>;
  const threeTasks = FEWEST_TASKS * (PRICES.vcpuHour + GB_PER_TASK * PRICES.gbHour) * HOURS_A_MONTH;
  const idle = Math.max(0, threeTasks - lines.cpu);
  const standing = idle + (PRICES.balancerHour + SMALLEST_CACHE_GB * PRICES.cacheGbHour) * HOURS_A_MONTH;
  const total = COST_LINES.reduce((sum, line) => sum + lines[line], standing);
  const biggest = [...COST_LINES.map((line): [string, number] => [line, lines[line]]), ['standing', standing] as [string, number]].sort((a, b) => b[1] - a[1])[0];
  return { perSecond, lines, standing, total, biggest: biggest?.[0] ?? '' };
}
