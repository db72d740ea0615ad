import { mkdir, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { build, removeBuilds } from './mutants/build.js';
import { mutants } from './mutants/catalogue.js';
import type { Mutant } from './mutants/mutant.js';
import { prove, type Counterexample } from './prover.js';
import { Stage, type Worlds } from './stage.js';

const { values } = parseArgs({
  options: {
    programs: { type: 'string', default: '500' },
    replicas: { type: 'string', default: '3' },
    lanes: { type: 'string', default: '6' },
    seed: { type: 'string' },
    /** Processes that wait to take a killed one's place; without, a small fleet is often too small to tell. */
    spares: { type: 'string', default: '1' },
    /** Part of a name. */
    only: { type: 'string', default: '' },
  },
});

interface Row {
  mutant: string;
  hides: string;
  'caught by': string;
  programs: number;
  seconds: number;
}

const seed = Number(values.seed ?? Date.now() % 2 ** 31);

async function main(): Promise<number> {
  const chosen = mutants.filter(({ name }) => name.includes(values.only));
  console.log(`${chosen.length} mutants, ${values.replicas} replicas each, up to ${values.programs} programs, seed ${seed}`);
  const stage = await Stage.open();
  const rows: Row[] = [];
  let next: Promise<Worlds> | undefined;
  for (const [index, mutant] of chosen.entries()) {
    const worlds = await (next ?? start(stage, mutant));
    const following = chosen[index + 1];
    // The next one starts while this one is tried.
    next = following && start(stage, following);
    next?.catch(() => {});
    rows.push(await hunt(stage, mutant, worlds));
    console.log(`${index + 1}/${chosen.length} ${lineOf(rows.at(-1) as Row)}`);
    await Promise.all([worlds.lone.fleet.stop(), worlds.fleet.fleet.stop()]);
  }
  await stage.close();
  await removeBuilds();
  const missed = rows.filter((row) => row['caught by'] === '');
  await mkdir('artifacts', { recursive: true });
  await writeFile('artifacts/mutants.md', tableOf(rows));
  console.log(`\n${tableOf(rows)}\n${rows.length - missed.length} of ${rows.length} mutants caught; artifacts/mutants.md`);
  for (const { mutant } of missed) console.log(`NOT CAUGHT: ${mutant}`);
  return missed.length > 0 || rows.length === 0 ? 1 : 0;
}

const start = async (stage: Stage, mutant: Mutant): Promise<Worlds> =>
  stage.worlds({ replicas: Number(values.replicas), entry: await build(mutant), spares: Number(values.spares) });

/** The same programs as of `npm run prove`, until the first divergence. */
async function hunt(stage: Stage, mutant: Mutant, worlds: Worlds): Promise<Row> {
  const startedAt = Date.now();
  const task = { seed, first: 0, programs: Number(values.programs), lanes: Number(values.lanes), shrink: false };
  const { ran, counterexample } = await prove(worlds, stage.store, task);
  return { mutant: mutant.name, hides: mutant.hides, 'caught by': counterexample ? cluesOf(counterexample) : '', programs: ran, seconds: Math.round((Date.now() - startedAt) / 100) / 10 };
}

function cluesOf({ divergence: { at, lone, fleet } }: Counterexample): string {
  if (at === undefined) return 'what was left stored';
  const [one, many] = [lone.trace[at], fleet.trace[at]];
  const what = (many ?? one)?.request.replace(/\b(id\d+|time|etag\d+)\b/g, '…').replace(/ by .*/, '').replace(/\?.*/, '') ?? '';
  return one?.status === many?.status ? what : `${what}: ${many?.status ?? 'nothing'} instead of ${one?.status ?? 'nothing'}`;
}

const lineOf = ({ mutant, programs, seconds, ...row }: Row): string =>
  `${mutant}: ${row['caught by'] === '' ? 'NOT CAUGHT' : `caught by ${row['caught by']}`} after ${programs} programs, ${seconds} s`;

function tableOf(rows: Row[]): string {
  const columns = ['mutant', 'hides', 'caught by', 'programs', 'seconds'] as const;
  const lines = rows.map((row) => `| ${columns.map((column) => String(row[column]).replaceAll('|', '\\|')).join(' | ')} |`);
  return [`| ${columns.join(' | ')} |`, `|${columns.map(() => '---|').join('')}`, ...lines].join('\n');
}

process.exitCode = await main();
process.exit();
