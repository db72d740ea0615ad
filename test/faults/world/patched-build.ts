import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** One change of the built service; `find` must be there exactly once, so that no patch can miss unnoticed. */
export interface Patch {
  /** Under `dist/`. */
  file: string;
  find: string | RegExp;
  put: string;
}

export interface Build {
  /** The entry to run. */
  main: string;
  remove(): Promise<void>;
}

export const builtService: Build = { main: resolve('dist/main.js'), remove: async () => {} };

/** A copy of the built service with changes; the original is not touched. */
export async function patchedBuild(patches: Patch[]): Promise<Build> {
  const folder = await mkdtemp(join(tmpdir(), 'stateless-patched-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await cp('dist', join(folder, 'dist'), { recursive: true });
    await cp('package.json', join(folder, 'package.json'));
    await symlink(resolve('node_modules'), join(folder, 'node_modules'));
    for (const patch of patches) await apply(folder, patch);
    return { main: join(folder, 'dist/main.js'), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function apply(folder: string, patch: Patch): Promise<void> {
  const path = join(folder, 'dist', patch.file);
  await writeFile(path, changed(await readFile(path, 'utf8'), patch));
}

/** The text with the change. Throws unless the place to change is there exactly once. */
export function changed(text: string, { file, find, put }: Patch): string {
  const pattern = typeof find === 'string' ? find : new RegExp(find, 'g');
  const hits = typeof pattern === 'string' ? text.split(pattern).length - 1 : [...text.matchAll(pattern)].length;
  if (hits !== 1) throw new Error(`${file}: ${String(find)} was found ${hits} times, not once: the patch no longer fits the service`);
  return typeof pattern === 'string' ? text.split(pattern).join(put) : text.replace(pattern, put);
}
