import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import ts from 'typescript';
import { checkProject } from '../../tools/state-checker/check.js';
import { keepFile } from '../../tools/state-checker/keep-file.js';
import { loadProject, walk, type Project } from '../../tools/state-checker/project.js';
import { Fleet } from './fleet.js';
import { Player } from './player.js';
import { kinds } from './program.js';
import { programAt } from './prover.js';
import { growth, type Growth } from './run-time/growth.js';
import { Watched } from './run-time/watched.js';
import { Stage } from './stage.js';

const { values } = parseArgs({
  options: {
    programs: { type: 'string', default: '50' },
    entry: { type: 'string', default: 'dist/main.js' },
    out: { type: 'string', default: 'docs/state.run-time.md' },
    check: { type: 'boolean', default: false },
  },
});

const SEED = 1;
/** The client closes what it has not used for 4 s: connections that it holds open are no growth of the service's. */
const CLIENT_LETS_GO_MS = 6_000;

async function main(): Promise<number> {
  const work = Number(values.programs);
  const project = loadProject('.');
  const classes = new Set(classNames(project));
  const declared = new Set(checkProject(project).declared.map(({ declaration }) => declaration.name));
  const stage = await Stage.open();
  const watched = await Watched.start(values.entry, stage.environment, classes);
  const fleet = Fleet.of(watched.replica);
  const drive = async (from: number): Promise<void> => {
    for (let index = from; index < from + work; index += 1) await new Player({ fleet, mint: stage.mint }).play(programAt(SEED, index));
  };
  // The first time fills what is bounded and compiles what is hot.
  await drive(0);
  await delay(CLIENT_LETS_GO_MS);
  const before = await watched.census();
  await drive(work);
  await delay(CLIENT_LETS_GO_MS);
  const after = await watched.census();
  await fleet.stop();
  await stage.close();

  const found = growth(before, after, { work, declared });
  for (const each of found) console.log(lineOf(each));
  const undeclared = found.filter(({ isDeclared }) => !isDeclared);
  console.log(`${work} programs: ${undeclared.length} kinds of undeclared growth, ${found.length - undeclared.length} declared`);
  const isFresh = keepFile(values.out, values.check, statement(undeclared));
  return undeclared.length === 0 && isFresh ? 0 : 1;
}

function classNames(project: Project): string[] {
  const names: string[] = [];
  for (const source of project.sources) walk(source, (node) => void (ts.isClassDeclaration(node) && node.name && names.push(node.name.text)));
  return names;
}

const lineOf = ({ what, by, isDeclared, example }: Growth): string =>
  `${isDeclared ? 'declared' : 'UNDECLARED'}: ${what} grew by ${by}${isDeclared || example === '' ? '' : `, such as ${example}`}`;

/** The same from run to run as long as the result is. */
function statement(undeclared: Growth[]): string {
  const areas = [...new Set(Object.keys(kinds).map((name) => name.split('.')[0] ?? name))].toSorted((a, b) => a.localeCompare(b)).join(', ');
  const result = undeclared.length === 0 ? ['Nothing grew but what is declared above.'] : undeclared.map(({ what }) => `- ${what} grew with every use, and is not declared.`);
  return `${[
    'The built application is driven through its API twice by the same number of random programs, and looked at after each:',
    'heap objects by the component that holds them (from V8 heap snapshots after garbage collection), open handles by kind, and',
    'the files in its working directory and temporary folder. What grows from the first look to the second grows with use.',
    '',
    `Driven: ${areas} (the steps of \`npm run prove\`).`,
    '',
    ...result,
  ].join('\n')}\n`;
}

process.exitCode = await main();
process.exit();
