/**
 * `npm run cost`: what each route asks of AWS, recorded from real requests, times public prices. CPU comes from the last
 * benchmark (bench/results/last.json). Writes bench/results/cost.json and cost.html.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { startCloud } from '../../local/cloud.js';
import type { Results } from '../main.js';
import { billAt, COST_LINES, costOf, mixOf, sumOf, type RouteCost } from './bill.js';
import { costPage } from './page.js';
import { PRICES } from './prices.js';
import { recordRoutes } from './record.js';

/** A request's line on standard output, as docs/telemetry.md describes it; a change leaves an audit line beside it. */
const LOG_BYTES = 260;
const LOADS = [10, 1_000, 100_000];

const last = await readFile('bench/results/last.json', 'utf8').then(
  (text) => JSON.parse(text) as Results,
  () => {
    console.error('bench/results/last.json is missing: run "npm run bench" first, which measures the CPU of each route.');
    process.exit(1);
  },
);
const cpuOf = (workload: string): number => last.workloads.find(({ name }) => name === workload)?.cells[0]?.cpuUs.median ?? Number.NaN;

const cloud = await startCloud();
const recorded = await recordRoutes(cloud.env);
await cloud.stop();
const routes = recorded.map(({ route: { name, title, share, workload }, usage, replyBytes }): RouteCost => {
  const cpuUs = cpuOf(workload);
  return { name, title, share, usage, cpuUs, replyBytes, cost: costOf(usage, cpuUs, LOG_BYTES, replyBytes) };
});
const mix = mixOf(routes);
const bills = LOADS.map((perSecond) => billAt(perSecond, mix));

console.log(`US dollars per million requests, ${PRICES.region}, prices of ${PRICES.readOn}; CPU of ${last.at}\n`);
console.log(`${''.padEnd(26)}${COST_LINES.map((line) => line.padStart(10)).join('')}${'together'.padStart(10)}  operations`);
for (const { title, cost, usage } of routes) {
  const operations = Object.entries({ ...usage.dynamodb, ...usage.s3 }).map(([name, count]) => `${count} ${name}`).join(', ') || 'none';
  console.log(`${title.padEnd(26)}${COST_LINES.map((line) => (cost[line] * 1e6).toFixed(3).padStart(10)).join('')}${(sumOf(cost) * 1e6).toFixed(3).padStart(10)}  ${operations}`);
}
console.log(`${'the mix'.padEnd(26)}${COST_LINES.map((line) => (mix[line] * 1e6).toFixed(3).padStart(10)).join('')}${(sumOf(mix) * 1e6).toFixed(3).padStart(10)}\n`);
for (const { perSecond, total, biggest } of bills) {
  console.log(`${String(perSecond).padStart(7)} requests/s: ${Math.round(total).toLocaleString('en-US').padStart(9)} dollars a month, most of it ${biggest}`);
}
await mkdir('bench/results', { recursive: true });
const report = { prices: PRICES, cpuOf: last.at, routes, mix, bills };
await writeFile('bench/results/cost.json', `${JSON.stringify(report, undefined, 2)}\n`);
await writeFile('bench/results/cost.html', costPage(report));
process.exit();
