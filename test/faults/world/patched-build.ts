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

async function apply(folder: string, { file, find, put }: Patch): Promise<void> {
  const path = join(folder, 'dist', file);
  const text = await readFile(path, 'utf8');
  const pattern = typeof find === 'string' ? find : new RegExp(find, find.flags.includes('g') ? find.flags : `${find.flags}g`);
  const hits = typeof pattern === 'string' ? text.split(pattern).length - 1 : [...text.matchAll(pattern)].length;
  if (hits !== 1) throw new Error(`${file}: ${String(find)} was found ${hits} times, not once: the patch no longer fits the service`);
  await writeFile(path, typeof pattern === 'string' ? text.split(pattern).join(put) : text.replace(pattern, put));
}
