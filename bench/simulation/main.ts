/**
 * `npm run simulate`: how tasks, balancer and scaler bear a flash crowd, the loss of a zone, a deployment and a slow cache, with the
 * service times of the last benchmark and the values of infra/. Recommends the scaling targets that infra/ should use.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { RouteCost } from '../cost/bill.js';
import { Simulation, type Kind, type Outcome, type Platform } from './model.js';
import { simulationPage } from './page.js';
import { SCENARIOS } from './scenarios.js';
import { platformOf } from './terraform.js';

const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' } } });
const seed = Number(values.seed);

/** A store's answer takes this long on AWS. Seconds; the median that AWS names for DynamoDB and ElastiCache is below it. */
const STORE_SECONDS = 0.004;
const CACHE_SECONDS = 0.000_8;
/** Most requests that may be shed, by scenario: what the targets must bear. */
const SHED_AT_MOST: Record<string, number> = { 'flash-crowd': 0.02, 'zone-loss-at-rise': 0.001 };

const { routes } = await readFile('bench/results/cost.json', 'utf8').then(
  (text) => JSON.parse(text) as { routes: RouteCost[] },
  () => {
    console.error('bench/results/cost.json is missing: run "npm run bench" and "npm run cost" first, which measure the routes.');
    process.exit(1);
  },
);
const kinds: Kind[] = routes.map(({ share, cpuUs, usage }) => ({
  share,
  cpu: cpuUs / 1e6,
  wait: Object.keys(usage.dynamodb).length + Object.keys(usage.s3).length > 0 ? STORE_SECONDS : CACHE_SECONDS,
}));
const platform = await platformOf('infra');
const mean = kinds.reduce((sum, { share, cpu }) => sum + share * cpu, 0);
console.log(`Mean service time ${Math.round(mean * 1e6)} µs; targets ${platform.requestsPerTarget} requests per task and minute, ${platform.cpuTarget} % CPU, event loop ${platform.eventLoopLimit}\n`);

const run = (with_: Partial<Platform>, name: string): Outcome =>
  new Simulation({ ...platform, ...with_ }, kinds, SCENARIOS.find((scenario) => scenario.name === name) as (typeof SCENARIOS)[number], seed).run();

const outcomes = SCENARIOS.map(({ name, title }) => ({ name, title, outcome: run({}, name) }));
console.log(`${''.padEnd(36)}${['p99 ms', 'worst p99', 'shed', 'failed', 'most tasks', 'task min'].map((title) => title.padStart(11)).join('')}`);
for (const { title, outcome } of outcomes) {
  const worst = Math.max(...outcome.slices.map(({ p99Ms }) => p99Ms));
  const cells = [outcome.p99Ms.toFixed(1), worst.toFixed(0), `${(outcome.shedShare * 100).toFixed(2)} %`, `${(outcome.failedShare * 100).toFixed(3)} %`, String(outcome.mostTasks), outcome.taskMinutes.toFixed(0)];
  console.log(title.padEnd(36) + cells.map((cell) => cell.padStart(11)).join(''));
}

/** Busy share of a task at its target: load may double while a zone is gone (docs/adr/0011-scaling.md). */
const BUSY_AT_MOST = 0.25;

/** The cheapest targets that shed little enough and leave that much room: every combination in each of these scenarios. */
const candidates = [15_000, 30_000, 40_000, 60_000, 90_000, 120_000].flatMap((requestsPerTarget) =>
  [0.6, 0.75, 0.9].map((eventLoopLimit) => {
    const borne = Object.entries(SHED_AT_MOST).map(([name, most]) => ({ name, most, outcome: run({ requestsPerTarget, eventLoopLimit }, name) }));
    const taskMinutes = borne.reduce((sum, { outcome }) => sum + outcome.taskMinutes, 0);
    return { requestsPerTarget, eventLoopLimit, borne, taskMinutes, isEnough: (requestsPerTarget / 60) * mean <= BUSY_AT_MOST && borne.every(({ most, outcome }) => outcome.shedShare <= most) };
  }),
);
const best = candidates.filter(({ isEnough }) => isEnough).sort((a, b) => a.taskMinutes - b.taskMinutes)[0];
const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
console.log(
  best
    ? `\nRecommended: ${best.requestsPerTarget} requests per task and minute, event loop ${best.eventLoopLimit}: sheds ${best.borne.map(({ name, outcome }) => `${percent(outcome.shedShare)} (${name})`).join(' and ')} in ${best.taskMinutes.toFixed(0)} task minutes. infra/ has ${platform.requestsPerTarget} and ${platform.eventLoopLimit}.`
    : `\nNo target sheds as little as it should (${Object.entries(SHED_AT_MOST).map(([name, most]) => `${name} ${percent(most)}`).join(', ')}): schedule known peaks.`,
);
await mkdir('bench/results', { recursive: true });
await writeFile('bench/results/simulation.html', simulationPage({ platform, meanUs: mean * 1e6, outcomes, candidates, best }));
await writeFile('bench/results/simulation.json', `${JSON.stringify({ platform, meanUs: mean * 1e6, outcomes, recommended: best && { requestsPerTarget: best.requestsPerTarget, eventLoopLimit: best.eventLoopLimit } }, undefined, 2)}\n`);
