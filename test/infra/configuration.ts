import { parse } from '@cdktf/hcl2json';
import { readFile, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';

export type Block = Record<string, any>;

/** A file's text by its path below infra/. */
export type Sources = Record<string, string>;

/** One resource or data block, with where it stands. */
export interface Resource {
  file: string;
  type: string;
  name: string;
  body: Block;
}

export interface Configuration {
  resources: Resource[];
  variables: { file: string; name: string; body: Block }[];
  outputs: { file: string; name: string; body: Block }[];
  modules: { file: string; name: string; body: Block }[];
  providers: { file: string; version: string }[];
}

/** Every Terraform file below `root`, tests left out. */
export async function readSources(root: string): Promise<Sources> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && /\.(tf|tfvars)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  const pairs = paths
    .filter((path) => !path.includes('.terraform'))
    .map(async (path) => [relative(root, path), await readFile(path, 'utf8')] as const);
  return Object.fromEntries(await Promise.all(pairs));
}

/** Parses without any provider: expressions stay text, `${…}`. */
export async function parseSources(sources: Sources): Promise<Configuration> {
  const parsed = await Promise.all(
    Object.entries(sources)
      .filter(([file]) => file.endsWith('.tf'))
      .map(async ([file, text]) => ({ file, hcl: (await parse(file, text)) as Block })),
  );
  const named = (kind: string) => parsed.flatMap(({ file, hcl }) => entriesOf(hcl[kind]).map(({ name, body }) => ({ file, name, body })));
  return {
    resources: parsed.flatMap(({ file, hcl }) =>
      Object.entries((hcl.resource ?? {}) as Block).flatMap(([type, blocks]) => entriesOf(blocks).map((block) => ({ file, type, ...block }))),
    ),
    variables: named('variable'),
    outputs: named('output'),
    modules: named('module'),
    providers: parsed.flatMap(({ file, hcl }) =>
      (hcl.terraform ?? []).map((block: Block) => ({ file, version: block.required_providers?.[0]?.aws?.version ?? '' })),
    ),
  };
}

const entriesOf = (blocks: Block | undefined): { name: string; body: Block }[] =>
  Object.entries(blocks ?? {}).flatMap(([name, bodies]) => (bodies as Block[]).map((body) => ({ name, body })));
