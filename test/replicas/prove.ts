import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { startCloud } from '../../local/cloud.js';
import { mintToken } from '../support/tokens.js';
import { Store } from './contents.js';
import { divergenceOf, type Divergence } from './divergence.js';
import { cacheSwitch } from './cache-switch.js';
import { Fleet, type Environment } from './fleet.js';
import { program } from './program.js';
import type { World } from './run.js';
import { reportOf } from './report.js';

const { values } = parseArgs({
  options: {
    programs: { type: 'string', default: '200' },
    replicas: { type: 'string', default: '3' },
    seed: { type: 'string' },
    entry: { type: 'string', default: 'dist/main.js' },
    'other-entry': { type: 'string' },
    resume: { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
  },
});

const PROGRESS_FILE = '.local/prove.json';

function progress(done: number, total: number, startedAt: number, kills: number): void {
  if (values.quiet || (!process.stdout.isTTY && done % 100 !== 0 && done !== total)) return;
  const filled = Math.round((done / total) * 30);
  const seconds = Math.round((Date.now() - startedAt) / 1_000);
  const line = `[${'█'.repeat(filled)}${' '.repeat(30 - filled)}] ${done}/${total} programs, ${kills} kills, ${seconds} s`;
  process.stdout.write(process.stdout.isTTY ? `\r${line}` : `${line}\n`);
}

async function main(): Promise<number> {
  const total = Number(values.programs);
  const resumed = values.resume ? await readFile(PROGRESS_FILE, 'utf8').then(JSON.parse, () => undefined) : undefined;
  const seed = Number(values.seed ?? resumed?.seed ?? Date.now() % 2 ** 31);
  const first = Number(resumed?.done ?? 0);
  console.log(`${total} programs over ${values.replicas} replicas against one, seed ${seed}${first ? `, from program ${first}` : ''}`);

  const cloud = await startCloud();
  const cache = await cacheSwitch(cloud.env);
  const environment: Environment = { ...cloud.env, LOG_LEVEL: 'fatal', RATE_LIMIT: '100000/60s', RATE_LIMIT_ANONYMOUS: '100000/60s' };
  const entries = [values.entry, ...(values['other-entry'] ? [values['other-entry']] : [])];
  const lone = await Fleet.start(1, values.entry, environment);
  const fleet = await Fleet.start(Number(values.replicas), entries, { ...environment, ...cache.env });
  const mint = (claims: { sub: string; origin_jti: string }) => mintToken(claims, cloud.env['COGNITO_ISSUER']);
  const worlds: [World, World] = [{ fleet: lone, mint, ...cache }, { fleet, mint, ...cache }];
  const store = new Store(environment);
  const startedAt = Date.now();
  let done = first;

  const property = fc.asyncProperty(program, async (steps) => {
    const found = await divergenceOf(...worlds, store, steps);
    if (found) throw Object.assign(new Error('diverged'), { divergence: found });
    done += 1;
    progress(Math.min(done, total), total, startedAt, fleet.kills);
    if (done % 500 === 0) await save({ seed, done });
  });
  const outcome = await fc.check(property, { seed, numRuns: total - first, endOnFailure: false, skipAllAfterTimeLimit: undefined });
  await Promise.all([lone.stop(), fleet.stop(), cache.close()]);
  await cloud.stop();

  const found = (outcome.errorInstance as { divergence?: Divergence } | undefined)?.divergence;
  const summary = { seed, programs: Math.min(done, total), replicas: Number(values.replicas), kills: fleet.kills, seconds: (Date.now() - startedAt) / 1_000, path: outcome.counterexamplePath ?? undefined };
  await mkdir('artifacts', { recursive: true });
  await writeFile('artifacts/prove.html', reportOf(summary, found));
  console.log(`\n${summary.programs} programs, ${summary.kills} kills, ${Math.round(summary.seconds)} s, ${outcome.failed ? 1 : 0} divergences; artifacts/prove.html`);
  if (outcome.failed && !found) console.error(outcome.errorInstance);
  if (found) console.log(explain(found, seed, outcome.counterexamplePath ?? ''));
  return outcome.failed ? 1 : 0;
}

async function save(state: { seed: number; done: number }): Promise<void> {
  await mkdir('.local', { recursive: true });
  await writeFile(PROGRESS_FILE, JSON.stringify(state));
}

function explain({ at, expected, actual, steps }: Divergence, seed: number, path: string): string {
  const script = steps.map(({ step, replica, disturbance }, i) => `  ${i}. [replica ${replica}] ${disturbance === 'none' ? '' : `${disturbance} `}${JSON.stringify(step)}`);
  return ['The fleet answered differently:', ...script, `at observation ${at}`, `  one replica: ${expected}`, `  the fleet:   ${actual}`, `again: npm run prove -- --seed ${seed} (shrunk at ${path})`].join('\n');
}

process.exitCode = await main();
process.exit();
