import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { transform } from '@swc/core';
import { applied, type Mutant } from './mutant.js';

const FOLDER = '.local/mutants';

/** The sources that a mutant changes, by file under `src/`. */
export async function mutatedSources({ name, patches }: Mutant): Promise<Map<string, string>> {
  const sources = new Map<string, string>();
  for (const patch of patches) {
    const source = sources.get(patch.file) ?? (await readFile(join('src', patch.file), 'utf8'));
    sources.set(patch.file, applied(source, patch, name));
  }
  return sources;
}

/** A build of its own: `dist` with the changed files compiled anew. Gives the entry to start. */
export async function build(mutant: Mutant): Promise<string> {
  const folder = join(FOLDER, mutant.name.replaceAll(' ', '-'));
  await rm(folder, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  await cp('dist', folder, { recursive: true });
  for (const [file, source] of await mutatedSources(mutant)) {
    const { code } = await transform(source, { filename: join('src', file), sourceMaps: false });
    await writeFile(join(folder, file.replace(/\.ts$/, '.js')), code);
  }
  return join(folder, 'main.js');
}

export const removeBuilds = (): Promise<void> => rm(FOLDER, { recursive: true, force: true });
