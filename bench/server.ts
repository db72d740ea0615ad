import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../local/processes.js';
import { nodeBinary, type Contestant } from './contestants.js';

const PATIENCE_MS = 30_000;
const POLL_MS = 2;

/** Core of the servers; clients and stores share the others. */
const SERVER_CORE = '0';

/** One contestant as a process of its own, pinned to one core. Its log goes to /dev/null, as a file. */
export class Server {
  private constructor(
    readonly contestant: Contestant,
    readonly url: string,
    readonly readyMs: number,
    private readonly child: ChildProcess,
  ) {}

  /** `flags` are Node's. */
  static async start(contestant: Contestant, environment: Record<string, string>, flags: string[] = []): Promise<Server> {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const startedAt = performance.now();
    const child = spawn('taskset', ['-c', SERVER_CORE, nodeBinary(), ...flags, contestant.entry], {
      env: { PATH: process.env['PATH'] ?? '', ...environment, ...contestant.env, NODE_ENV: 'test', PORT: String(port), HOST: '127.0.0.1' },
      stdio: ['ignore', openSync('/dev/null', 'w'), 'pipe'],
    });
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-4_000)));
    while (performance.now() - startedAt < PATIENCE_MS) {
      if (child.exitCode !== null) throw new Error(`${contestant.title} exited with ${child.exitCode}: ${stderr}`);
      const status = await fetch(url + contestant.readyPath).then((reply) => reply.status, () => 0);
      if (status === 200 || status === 401) return new Server(contestant, url, performance.now() - startedAt, child);
      await delay(POLL_MS);
    }
    child.kill('SIGKILL');
    throw new Error(`${contestant.title} did not answer within ${PATIENCE_MS / 1_000} s: ${stderr}`);
  }

  /** CPU time of all its threads so far, in nanoseconds: the scheduler's own count. */
  cpuNs(): bigint {
    const tasks = `/proc/${this.child.pid}/task`;
    return readdirSync(tasks).reduce((sum, id) => sum + BigInt(readFileSync(`${tasks}/${id}/schedstat`, 'utf8').split(' ')[0] ?? 0), 0n);
  }

  /** Resident memory in MiB. */
  memory(): number {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8'))?.[1]) / 1_024;
  }

  stop(): Promise<void> {
    return this.end('SIGKILL');
  }

  /** As a platform would stop it. */
  leave(): Promise<void> {
    return this.end('SIGTERM');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    this.child.kill(signal);
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
  }
}
