import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Writes a generated file, or with `check` only says whether it is what would be written. */
export function keepFile(file: string, check: boolean, text: string): boolean {
  if (!check) {
    writeFileSync(file, text);
    console.error(`wrote ${path.relative('.', file)}`);
    return true;
  }
  const isFresh = existsSync(file) && readFileSync(file, 'utf8') === text;
  if (!isFresh) console.error(`${file} is stale: make it again and commit it`);
  return isFresh;
}
