import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { degradationPage } from '../../src/docs/degradation-page.js';
import { brunoCollection } from './bruno.js';
import { generateClient } from './client.js';
import { describeSource, scratch } from './describe.js';
import type { Description } from './description.js';
import { httpFile } from './http-file.js';

const CLIENT = 'client/src/generated';
const BRUNO = 'docs/requests/bruno';
const HTTP = 'docs/requests/api.http';
const DEGRADATION = 'docs/degradation.md';

/** Every generated file by its path, as it should be for the source in `root`. */
export async function outputs(root: string): Promise<Map<string, string>> {
  const text = await describeSource(root);
  const description = JSON.parse(text) as Description;
  const files = new Map([['openapi.json', text], [HTTP, httpFile(description)], [DEGRADATION, degradationPage(JSON.parse(text))]]);
  for (const [name, content] of Object.entries(brunoCollection(description))) files.set(`${BRUNO}/${name}`, content);
  const folder = await scratch();
  try {
    await writeFile(join(folder, 'openapi.json'), text);
    await generateClient(join(folder, 'openapi.json'), join(folder, 'client'));
    for (const [name, content] of read(join(folder, 'client'))) files.set(`${CLIENT}/${name}`, content);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return files;
}

/** Every file below a folder; none when there is no folder. */
function read(folder: string): Map<string, string> {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const paths = entries.map((entry) => join(entry.parentPath, entry.name));
    return new Map(paths.map((path) => [relative(folder, path), readFileSync(path, 'utf8')]));
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return new Map();
    throw error;
  }
}

/** What is in the places that are generated into now. */
function present(): Map<string, string> {
  const inFolders = [CLIENT, BRUNO].flatMap((folder) => [...read(folder)].map(([name, content]) => [`${folder}/${name}`, content] as const));
  const single = ['openapi.json', HTTP, DEGRADATION].filter((path) => existsSync(path)).map((path) => [path, readFileSync(path, 'utf8')] as const);
  return new Map([...inFolders, ...single]);
}

export async function writeAll(files: Map<string, string>): Promise<void> {
  await Promise.all([CLIENT, BRUNO].map((folder) => rm(folder, { recursive: true, force: true })));
  for (const [path, content] of files) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}

/** Paths whose content is missing, superfluous or not what it should be. */
export function drifted(files: Map<string, string>): string[] {
  const now = present();
  return [...new Set([...files.keys(), ...now.keys()])].filter((path) => files.get(path) !== now.get(path)).sort();
}
