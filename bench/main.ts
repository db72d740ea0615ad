/**
 * `npm run bench`: every workload against every server, in turn, several rounds; ratios round by round, because machines are
 * noisy. `--rounds 5`, `--only cached-profile,mixed`, `--quick` (a tenth of the requests: only to see that it works), `--flame` (a
 * flame graph of the service for every workload, not only for those that miss a goal).
 */
import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { startCloud } from '../local/cloud.js';
import { mintToken } from '../test/support/tokens.js';
import { fire, type Measurement } from './closed-loop.js';
import { CONTESTANTS, nodeBinary, preparePeers, type Contestant } from './contestants.js';
import { flameGraph, ProfileFolder } from './flame.js';
import { GOALS } from './goals.js';
import { idleMemory, latencyAtLoad, memoryGrowth, startTimes, type Beside } from './beside.js';
import { pageOf } from './page.js';
import { Server } from './server.js';
import { spreadOf, type Spread } from './statistics.js';
import { User, WORKLOADS, type Gun, type Workload } from './workloads.js';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, only: { type: 'string' }, quick: { type: 'boolean', default: false }, flame: { type: 'boolean', default: false } },
});

/** For profiles: a build of many files tells whose each function is; the work is the same. */
const UNBUNDLED: Contestant = { ...(CONTESTANTS[0] as Contestant), entry: 'dist/main.js' };

/** Rounds before the first that counts: a server runs for days, and V8 needs some thousand requests to have compiled what is hot. */
const WARM_UP = 4;

export interface Cell {
  server: string;
  cpuUs: Spread;
  perSecond: Spread;
  p50Ms: Spread;
  p99Ms: Spread;
  /** The service's CPU as a share of this server's, round by round. */
  ratio?: Spread;
}
export interface Verdict {
  goal: string;
  /** What the goal is about, unless it stands beside the workloads. */
  workload?: string;
  measured: number;
  atMost: number;
  holds: boolean;
}
export interface Results {
  at: string;
  machine: string;
  node: string;
  rounds: number;
  workloads: { name: string; title: string; cells: Cell[] }[];
  beside?: Beside;
  verdicts: Verdict[];
}

async function main(): Promise<number> {
  if (cpus().length > 1) spawnSync('taskset', ['-acp', `1-${cpus().length - 1}`, String(process.pid)]);
  console.log('Preparing the peers …');
  preparePeers();
  const cloud = await startCloud();
  if (!cloud.env['CACHE_URL']) throw new Error('The comparison needs a cache: install redis-server or valkey-server.');
  const environment = { ...cloud.env, RATE_LIMIT: '9000000/60s', RATE_LIMIT_ANONYMOUS: '9000000/60s', LIMIT_PENDING_UPLOADS: '10000', LIMIT_DOCUMENTS: '1000000' };
  const mint = (sub: string) => mintToken({ sub }, cloud.env['COGNITO_ISSUER']);
  const wanted = values.only?.split(',');
  const workloads = WORKLOADS.filter(({ name }) => wanted?.includes(name) ?? true);
  const servers: Server[] = [];
  try {
    for (const contestant of CONTESTANTS) servers.push(await Server.start(contestant, environment));
    const rows: Results['workloads'] = [];
    for (const workload of workloads) rows.push(await compare(workload, servers, mint));
    const beside = wanted ? undefined : await measureBeside(servers, environment, mint);
    const results = { ...about(), rounds: Number(values.rounds), workloads: rows, ...(beside && { beside }), verdicts: verdictsOf(rows, beside) };
    print(results);
    if (!values.quick) await save(results);
    const missed = new Set(results.verdicts.flatMap(({ workload, holds }) => (workload === undefined || holds ? [] : [workload])));
    for (const workload of workloads) if (values.flame || missed.has(workload.name)) await profile(workload, environment, mint);
    if (values.flame || results.verdicts.some(({ goal, holds }) => !holds && goal.startsWith('start'))) await profileStart(environment);
    return results.verdicts.every(({ holds }) => holds) ? 0 : 1;
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await cloud.stop();
  }
}

async function measureBeside(servers: Server[], environment: Record<string, string>, mint: (sub: string) => string): Promise<Beside> {
  const share = values.quick ? 0.02 : 1;
  return {
    idleMb: await idleMemory(environment),
    latency: await latencyAtLoad(servers, mint, share),
    growth: await memoryGrowth(environment, mint, Math.round(1_000_000 * share)),
    start: await startTimes(environment, Number(values.rounds)),
  };
}

async function compare(workload: Workload, servers: Server[], mint: (sub: string) => string): Promise<Results['workloads'][number]> {
  const requests = values.quick ? Math.max(workload.connections, Math.round(workload.requests / 10)) : workload.requests;
  const guns = new Map<Server, Gun[]>();
  for (const server of servers) {
    guns.set(server, await Promise.all(Array.from({ length: workload.connections }, () => workload.arm(new User(server, mint)))));
    await fire(server, workload, guns.get(server) ?? [], WARM_UP * requests);
  }
  const rounds = new Map<Server, Measurement[]>(servers.map((server) => [server, []]));
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const server of servers) rounds.get(server)?.push(await fire(server, workload, guns.get(server) ?? [], requests));
    process.stdout.write(`\r${workload.title.padEnd(18)} round ${round + 1} of ${values.rounds} `);
  }
  process.stdout.write('\n');
  const [service] = servers;
  const own = rounds.get(service as Server) ?? [];
  const cells = servers.map((server): Cell => {
    const all = rounds.get(server) ?? [];
    const of = (part: keyof Measurement) => spreadOf(all.map((one) => one[part]));
    const ratio = server === service ? undefined : spreadOf(all.map(({ cpuUs }, i) => (own[i]?.cpuUs ?? Number.NaN) / cpuUs));
    return { server: server.contestant.name, cpuUs: of('cpuUs'), perSecond: of('perSecond'), p50Ms: of('p50Ms'), p99Ms: of('p99Ms'), ...(ratio && { ratio }) };
  });
  return { name: workload.name, title: workload.title, cells };
}

async function profile(workload: Workload, environment: Record<string, string>, mint: (sub: string) => string): Promise<void> {
  const folder = new ProfileFolder();
  const server = await Server.start(UNBUNDLED, { ...environment, SHUTDOWN_DRAIN_SECONDS: '0' }, folder.flags);
  const guns = await Promise.all(Array.from({ length: workload.connections }, () => workload.arm(new User(server, mint))));
  await fire(server, workload, guns, values.quick ? workload.requests : 5 * workload.requests);
  await server.leave();
  await saveFlameGraph(workload.name, folder, workload.title);
}

/** From the command to the first answer. */
async function profileStart(environment: Record<string, string>): Promise<void> {
  const folder = new ProfileFolder();
  await (await Server.start(UNBUNDLED, { ...environment, SHUTDOWN_DRAIN_SECONDS: '0' }, folder.flags)).leave();
  await saveFlameGraph('start', folder, 'start to ready, of many files and without a compile cache');
}

async function saveFlameGraph(name: string, folder: ProfileFolder, title: string): Promise<void> {
  const file = `bench/results/${name}.svg`;
  await mkdir('bench/results', { recursive: true });
  await writeFile(file, flameGraph(folder.read(), `CPU of the service: ${title}`));
  console.log(`flame graph: ${file}`);
}

const about = () => ({ at: new Date().toISOString(), machine: `${cpus().length} × ${cpus()[0]?.model.trim()}`, node: spawnSync(nodeBinary(), ['--version'], { encoding: 'utf8' }).stdout.trim() });

function verdictsOf(rows: Results['workloads'], beside?: Beside): Verdict[] {
  const verdict = (goal: string, measured: number, atMost: number): Verdict => ({ goal, measured, atMost, holds: measured <= atMost });
  const ratios = GOALS.flatMap(({ workload, against, atMost }) => {
    const row = rows.find(({ name }) => name === workload);
    if (!row) return [];
    const cell = row.cells.find(({ server }) => server === (against ?? 'service'));
    const measured = (against ? cell?.ratio : cell?.cpuUs)?.median ?? Number.NaN;
    return [{ workload, ...verdict(against ? `${row.title}: CPU against ${against}` : `${row.title}: µs of CPU`, measured, atMost) }];
  });
  if (!beside) return ratios;
  const { start, idleMb, growth, latency } = beside;
  return [
    ...ratios,
    verdict('p99 at 70 % load against equal', latency.service / latency.equal, 1),
    verdict('start to ready against textbook', start.service / start.textbook, 0.5),
    verdict('start to ready against `node -e 0`', start.service / start.nothing, 12),
    verdict('memory when idle, MiB', idleMb, 110),
    verdict('memory growth over a million requests', growth, 0.1),
  ];
}

function print({ workloads, verdicts }: Results): void {
  const columns = CONTESTANTS.map(({ name }) => name);
  console.log(`\n${'CPU per request, µs'.padEnd(20)}${columns.map((name) => name.padStart(12)).join('')}   ratio to equal (min–max)`);
  for (const { title, cells } of workloads) {
    const { ratio } = cells.find(({ server }) => server === 'equal') ?? {};
    const spread = ratio ? `${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)})` : '';
    console.log(`${title.padEnd(20)}${cells.map(({ cpuUs }) => cpuUs.median.toFixed(cpuUs.median < 1_000 ? 1 : 0).padStart(12)).join('')}   ${spread}`);
  }
  console.log('\nGoals');
  for (const { goal, measured, atMost, holds } of verdicts) {
    console.log(`${holds ? 'holds ' : 'MISSED'} ${goal.padEnd(46)} ${Number(measured.toPrecision(3))} (at most ${Number(atMost.toPrecision(3))})`);
  }
}

async function save(results: Results): Promise<void> {
  await mkdir('bench/results', { recursive: true });
  await writeFile('bench/results/last.json', `${JSON.stringify(results, undefined, 2)}\n`);
  await writeFile('bench/results/index.html', pageOf(results));
}

process.exitCode = await main();
process.exit();
