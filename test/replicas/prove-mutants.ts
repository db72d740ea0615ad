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
    /** Mutants that are hunted at the same time, each by programs one after another: some forget what others make them forget. */
    'at-once': { type: 'string', default: '2' },
    seed: { type: 'string' },
    /** Processes that wait to take a killed one's place; without, a small fleet is often too small to tell. */
    spares: { type: 'string', default: '1' },
    /** Parts of names, with commas between. */
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
  const chosen = mutants.filter(({ name }) => values.only.split(',').some((part) => name.includes(part)));
  console.log(`${chosen.length} mutants, ${values.replicas} replicas each, up to ${values.programs} programs, seed ${seed}`);
  const stage = await Stage.open();
  const rows: Row[] = [];
  const waiting = [...chosen];
  /** Tries one mutant after another; another one beside it keeps the machine busy while processes start. */
  const hunter = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
      const worlds = await start(stage, mutant);
      const row = await hunt(stage, mutant, worlds);
      rows.push(row);
      console.log(`${rows.length}/${chosen.length} ${lineOf(row)}`);
      await Promise.all([worlds.lone.fleet.stop(), worlds.fleet.fleet.stop()]);
    }
  };
  await Promise.all(Array.from({ length: Number(values['at-once']) }, hunter));
  rows.sort((a, b) => indexOf(a) - indexOf(b));
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
  const task = { seed, first: 0, programs: Number(values.programs), lanes: 1, shrink: false };
  const { ran, counterexample } = await prove(worlds, stage.store, task);
  return { mutant: mutant.name, hides: mutant.hides, 'caught by': counterexample ? cluesOf(counterexample) : '', programs: ran, seconds: Math.round((Date.now() - startedAt) / 100) / 10 };
}

function cluesOf({ divergence: { at, lone, fleet } }: Counterexample): string {
  if (at === undefined) return 'what was left stored';
  const [one, many] = [lone.trace[at], fleet.trace[at]];
  const what = (many ?? one)?.request.replace(/\b(id\d+|time|etag\d+)\b/g, '…').replace(/ by .*/, '').replace(/\?.*/, '') ?? '';
  return one?.status === many?.status ? what : `${what}: ${many?.status ?? 'nothing'} instead of ${one?.status ?? 'nothing'}`;
}

const indexOf = ({ mutant }: Row): number => mutants.findIndex(({ name }) => name === mutant);

const lineOf = ({ mutant, programs, seconds, ...row }: Row): string =>
  `${mutant}: ${row['caught by'] === '' ? 'NOT CAUGHT' : `caught by ${row['caught by']}`} after ${programs} programs, ${seconds} s`;

function tableOf(rows: Row[]): string {
  const columns = ['mutant', 'hides', 'caught by', 'programs', 'seconds'] as const;
  const lines = rows.map((row) => `| ${columns.map((column) => String(row[column]).replaceAll('|', '\\|')).join(' | ')} |`);
  return [`| ${columns.join(' | ')} |`, `|${columns.map(() => '---|').join('')}`, ...lines].join('\n');
}

process.exitCode = await main();
process.exit();
