import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkProject } from '../../../tools/state-checker/check.js';
import { placeOf } from '../../../tools/state-checker/findings.js';
import { loadProject } from '../../../tools/state-checker/project.js';
import { mutatedSources } from './build.js';
import { mutants } from './catalogue.js';
import { applied, type Mutant } from './mutant.js';

describe('the mutants', () => {
  it('are at least 20', () => expect(mutants.length).toBeGreaterThanOrEqual(20));

  it.each(mutants.map((mutant) => [mutant.name, mutant] as const))('"%s" still applies', async (_, mutant) => {
    expect((await mutatedSources(mutant)).size).toBeGreaterThan(0);
  });

  it('say so when the text to replace is gone, or is there twice', () => {
    const patch = { file: 'a.ts', find: 'one', replace: 'two' };
    expect(() => applied('other', patch, 'm')).toThrow('no longer applies: src/a.ts has 0 places');
    expect(() => applied('one one', patch, 'm')).toThrow('has 2 places');
  });
});

describe('the static checker', () => {
  const visible = mutants.filter(({ isVisible }) => isVisible);
  const seen = new Set<string>();
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mutants-'));
    let left = visible;
    while (left.length > 0) {
      const { together, sources, later } = compatible(left, await Promise.all(left.map(mutatedSources)));
      for (const name of await seenIn(folder, sources, together)) seen.add(name);
      left = later;
    }
  }, 900_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('finds at least 95 of 100 mutants that are visible in source', () => {
    const missed = visible.filter(({ name }) => !seen.has(name)).map(({ name }) => name);
    console.log(`The static checker finds ${seen.size} of ${visible.length} mutants that are visible in source.`);
    expect({ share: seen.size / visible.length >= 0.95, missed }).toEqual({ share: true, missed: expect.anything() });
  });

  it('raises at most 2 false alarms on our own sources', () => {
    expect(checkProject(loadProject('.')).hidden.length).toBeLessThanOrEqual(2);
  }, 600_000);
});

interface Group {
  together: Mutant[];
  sources: Map<string, string>;
  later: Mutant[];
}

/** Mutants of different files, to be looked at in one go: compiling the project is what takes the time. */
function compatible(mutantsLeft: Mutant[], sourcesOf: Map<string, string>[]): Group {
  const group: Group = { together: [], sources: new Map(), later: [] };
  for (const [index, mutant] of mutantsLeft.entries()) {
    const sources = sourcesOf[index] as Map<string, string>;
    if ([...sources.keys()].some((file) => group.sources.has(file))) {
      group.later.push(mutant);
      continue;
    }
    group.together.push(mutant);
    for (const [file, source] of sources) group.sources.set(file, source);
  }
  return group;
}

/** Names of the mutants in whose files something is found. */
async function seenIn(folder: string, sources: Map<string, string>, together: Mutant[]): Promise<string[]> {
  await cp('src', join(folder, 'src'), { recursive: true });
  for (const file of ['tsconfig.json', 'tsconfig.build.json', 'package.json']) await cp(file, join(folder, file));
  await symlink(join(process.cwd(), 'node_modules'), join(folder, 'node_modules')).catch(() => {});
  for (const [file, source] of sources) await writeFile(join(folder, 'src', file), source);
  const project = loadProject(folder);
  const files = checkProject(project).hidden.map(({ node }) => placeOf(project, node).file);
  return together.filter(({ patches }) => patches.some(({ file }) => files.includes(`src/${file}`))).map(({ name }) => name);
}
