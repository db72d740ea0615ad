import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { startCloud, type Cloud } from '../../local/cloud.js';
import { cacheServer } from '../../local/redis.js';
import { hasHaproxy } from '../support/balancer.js';
import { pageOf } from './card/page.js';
import { HEADER, lineOf } from './card/table.js';
import { runMatrix } from './matrix/matrix.js';
import { ROWS } from './rows/all.js';
import { runCard, type Result } from './scorecard.js';

const { values } = parseArgs({
  options: {
    rows: { type: 'string' },
    short: { type: 'boolean', default: false },
    without: { type: 'boolean', default: false },
    matrix: { type: 'boolean', default: false },
  },
});

function wanted() {
  const numbers = values.rows?.split(',').map(Number);
  const unknown = numbers?.filter((number) => !ROWS.some((row) => row.number === number)) ?? [];
  if (unknown.length > 0) throw new Error(`There is no row ${unknown.join(', ')}: they go from 1 to ${ROWS.length}.`);
  return ROWS.filter(({ number }) => numbers?.includes(number) ?? true);
}

/** With its defence a row must hold; without it, it must be judged and must not. */
const isAsItShould = ({ holds, error, without }: Result): boolean => (without === undefined ? holds : !holds && error === undefined);

/** Every request is in the page as a plot; the file is for programs. */
const withoutSamples = (result: Result) => ({ ...result, samples: undefined });

async function main(): Promise<number> {
  const rows = wanted();
  if (!existsSync('dist/main.js')) throw new Error('dist/main.js is missing: run "npm run build" first.');
  if (!hasHaproxy()) throw new Error('haproxy is not on the PATH: the rehearsal needs a load balancer (apt-get install haproxy).');
  if (!cacheServer()) throw new Error('Neither valkey-server nor redis-server is on the PATH: the rehearsal needs a cache.');
  const startedAt = new Date();
  const cloud = await startCloud();
  if (values.matrix) {
    const code = await matrix(cloud);
    await cloud.stop();
    return code;
  }
  console.log(values.without ? 'Each row without its defence: it must fail.' : 'Each row with all defences: it must hold.');
  console.log(HEADER);
  const results = await runCard({ cloud, rows, isShort: values.short, isWithoutDefence: values.without, onResult: (result) => console.log(lineOf(result)) });
  await cloud.stop();
  const seconds = (Date.now() - startedAt.getTime()) / 1_000;
  const file = values.without ? 'artifacts/faults-without' : 'artifacts/faults';
  await mkdir('artifacts', { recursive: true });
  await writeFile(`${file}.json`, JSON.stringify({ startedAt, seconds, isShort: values.short, rows: results.map(withoutSamples) }, null, 2));
  await writeFile(`${file}.html`, pageOf(results, { startedAt, seconds, isShort: values.short }));
  const right = results.filter(isAsItShould).length;
  console.log(`${right} of ${results.length} rows ${values.without ? 'fail without their defence' : 'hold'}; ${Math.round(seconds)} s; ${file}.html`);
  for (const { number, error } of results) if (error) console.error(`row ${number}: ${error}`);
  return right === results.length ? 0 : 1;
}

async function matrix(cloud: Cloud): Promise<number> {
  const cells = await runMatrix(cloud, ({ holds, dependency, fault, routeClass, wrong }) => {
    if (!holds) console.log(`NO  ${dependency} ${fault}: ${routeClass}: ${wrong.join(', ')}`);
  });
  const holding = cells.filter(({ holds }) => holds).length;
  await mkdir('artifacts', { recursive: true });
  await writeFile('artifacts/faults-matrix.json', JSON.stringify(cells, null, 2));
  const empty = cells.filter(({ isEmpty }) => isEmpty).length;
  const note = empty > 0 ? ` (${empty} of them are of kinds that no route belongs to yet)` : '';
  console.log(`${holding} of ${cells.length} cells of the degradation matrix hold${note}; artifacts/faults-matrix.json`);
  return holding === cells.length ? 0 : 1;
}

// What runs must not outlive us: children are ended when the process exits.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

try {
  process.exit(await main());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(2);
}
