import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { UuidIds } from '../common/ids.js';
import type { CacheCredentials } from '../common/secrets.js';
import { CacheConnection } from './cache-connection.js';
import { CacheFence } from './cache-fence.js';
import type { FenceStore } from './fence-store.js';
import { RedisCache } from './redis-cache.js';

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The cache server that the machine has, if any. */
export const cacheServer = ['valkey-server', 'redis-server']
  .flatMap((name) => (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name)))
  .find(isExecutable);

/** A server of our own, to be stopped, killed and restarted. */
export class CacheServer {
  private readonly folder = mkdtempSync(join(tmpdir(), 'stateless-cache-'));
  private child?: ChildProcess;
  port = 0;

  async start(...args: string[]): Promise<void> {
    this.port ||= await freePort();
    const fixed = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder, '--save', '', '--appendonly', 'no'];
    this.child = spawn(cacheServer ?? '', [...fixed, ...args], { stdio: 'ignore' });
    while (!(await answers(this.port))) await delay(10);
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.child?.kill(signal);
  }

  async kill(): Promise<void> {
    if (!this.child || this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  return port;
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });

export interface Task {
  cache: RedisCache;
  connection: CacheConnection;
  fence: CacheFence;
}

/** The cache as one task of the service has it. */
export async function startTask(port: number, store: FenceStore, credentials: () => CacheCredentials = () => ({})): Promise<Task> {
  const connection = new CacheConnection({ url: `redis://127.0.0.1:${port}`, credentials, onChange: () => undefined });
  const fence = new CacheFence(store, connection, () => undefined);
  await connection.start(500);
  fence.usable();
  return { connection, fence, cache: new RedisCache(connection, fence, new UuidIds()) };
}

export function stopTask({ fence, connection }: Task): void {
  fence.stop();
  connection.stop();
}

/** Resolves to the milliseconds until the task uses the cache. */
export async function warm({ cache }: Task, patienceMs = 8_000): Promise<number> {
  const from = performance.now();
  while (performance.now() - from < patienceMs) {
    const { hits } = cache.metrics();
    await cache.read('warm', 1, async () => 'warm');
    await cache.read('warm', 1, async () => 'warm');
    if (cache.metrics().hits > hits) return performance.now() - from;
    await delay(20);
  }
  throw new Error('The cache was never used.');
}
