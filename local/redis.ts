import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Command } from './processes.js';

/** The cache server that the machine has, if any. */
export function cacheServer(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return ['valkey-server', 'redis-server'].flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** In memory only: what it holds may be lost at any time. */
export const cacheCommand = (server: string, dataDir: string, port: number): Command => ({
  name: 'cache',
  command: server,
  args: ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', dataDir, '--maxmemory', '64mb', '--maxmemory-policy', 'allkeys-lru'],
});
