import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { checkProject } from './check.js';
import { describe as lineOf, placeOf } from './findings.js';
import { loadProject } from './project.js';
import { stateMap } from './state-map.js';

const here = import.meta.dirname;
const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

/** A project of one file. */
function projectOf(code: string) {
  const folder = mkdtempSync(path.join(tmpdir(), 'state-checker-'));
  folders.push(folder);
  const options = { target: 'ES2023', module: 'nodenext', types: [], strict: true, experimentalDecorators: true };
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['*.ts'] }));
  writeFileSync(path.join(folder, 'a.ts'), `export {};\n${code}`);
  return loadProject(folder);
}

const hiddenIn = (code: string) => {
  const project = projectOf(code);
  return checkProject(project).hidden.map((finding) => lineOf(project, finding));
};

describe('the sample app that is full of hidden state', () => {
  const project = loadProject(path.join(here, 'samples/hidden'));
  const found = checkProject(project).hidden.map(({ node }) => placeOf(project, node)).map(({ file, line }) => `${file}:${line}`);
  const planted = project.sources.flatMap((source) =>
    source.text.split('\n').flatMap((text, index) => (text.includes('// planted') ? [`${placeOf(project, source).file}:${index + 1}`] : [])),
  );

  it('has enough planted spots to judge by', () => expect(planted.length).toBeGreaterThanOrEqual(50));
  it.each(planted)('is reported at %s', (spot) => expect(found).toContain(spot));
  it('is reported nowhere else', () => expect(found.filter((spot) => !planted.includes(spot))).toEqual([]));
});

describe('the clean sample app', () => {
  const project = loadProject(path.join(here, 'samples/clean'));
  const report = checkProject(project);

  it('has no findings', () => expect(report.hidden.map((finding) => lineOf(project, finding))).toEqual([]));
  it('has its declared state in the map', () => {
    const { text } = stateMap(project, report);
    expect(text).toContain('`Secrets`<br>src/secrets.ts | the last secret | one | a minute | it is read again |');
    expect(text).toContain('`started`<br>src/secrets.ts | the started application |');
    expect(text).toContain('None: the checker found no state');
  });
});

describe('a finding', () => {
  it('says where, what, why and what to do', () => {
    expect(hiddenIn('let hits = 0;\nexport const hit = () => hits++;')).toEqual([
      'a.ts:2 module-level hits: is counted in hit (line 3); it lives as long as this process and no other task sees it; ' +
        'keep it in a store that all tasks share, make it local, or declare it with @SoftState',
    ]);
  });

  it('is made of a hook that runs for requests', () => {
    const code = 'declare const app: { addHook(name: string, run: () => void): void };\nconst seen = new Set<string>();\napp.addHook("onRequest", () => seen.add("x"));';
    expect(hiddenIn(code)).toHaveLength(1);
  });

  it('goes away with a declaration', () => {
    const declared = '/** @softState holds=hits; bound=one number; maxAge=the process; ifLost=nothing */\n';
    expect(hiddenIn(`${declared}let hits = 0;\nexport const hit = () => hits++;`)).toEqual([]);
  });

  it('stays when the declaration leaves something out', () => {
    const declared = '/** @softState holds=hits; bound=one number */\n';
    expect(hiddenIn(`${declared}let hits = 0;\nexport const hit = () => hits++;`)).toEqual([
      'a.ts:3 hits: its declaration does not say maxAge, ifLost; say it in plain words',
    ]);
  });
});

describe('what is not state between requests', () => {
  it.each([
    ['a table filled while the module loads', 'const table = new Map<string, number>();\ntable.set("a", 1);\nexport const at = (key: string) => table.get(key);'],
    ['a local of a handler', 'export function handle(names: string[]) {\n  let count = 0;\n  names.forEach(() => count++);\n  return count;\n}'],
    ['a closure made inside a request', 'const make = () => {\n  let n = 0;\n  return () => ++n;\n};\nexport function handle() {\n  const next = make();\n  return next() + next();\n}'],
    ['an object that a request makes', 'class Page {\n  private rows: string[] = [];\n  add(row: string) { this.rows.push(row); return this; }\n}\nexport const handle = () => new Page().add("x");'],
    ['what a start-up hook collects', 'declare const app: { addHook(name: string, run: () => void): void };\nconst routes = new Set<string>();\napp.addHook("onRoute", () => routes.add("x"));'],
    ['a copy of a constant', 'const base = [3, 1];\nexport const handle = () => { const copy = [...base]; copy.sort(); return copy; };'],
  ])('%s', (_, code) => expect(hiddenIn(code)).toEqual([]));
});

describe('the state map', () => {
  it('is refused when the review names a test or a command that does not exist', () => {
    const project = projectOf('export const nothing = 1;');
    const review = path.join(project.root, 'review.md');
    writeFileSync(review, 'Backed by `test/no-such.spec.ts` and `npm run no-such -- --check`.');
    const { text, problems } = stateMap(project, checkProject(project), { review });
    expect(text).toContain(readFileSync(review, 'utf8'));
    expect(problems).toEqual([
      'the review names test/no-such.spec.ts, which does not exist',
      'the review names `npm run no-such`, which does not exist',
    ]);
  });
});
