import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Environment } from '../../local/names.js';
import { freePort } from '../../local/processes.js';
import { send } from './http.js';

/** Generous: half a second on a quiet machine, a hundred times that on one that is busy with other things. */
const START_MS = 240_000;
const POLL_MS = 100;

/** No replica outlives the prover. */
const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** One process of the service, as a task would run it: with a disk of its own, which goes with it. */
export class Replica {
  url = '';
  /** Its working directory and its folder for temporary files. */
  disk = '';
  private child?: ChildProcess;
  private inFlight = 0;
  private whenIdle: (() => void) | undefined;

  constructor(
    readonly name: string,
    private readonly entry: string,
    private readonly environment: Environment,
    /** Node's own. A module that they preload may be asked things. */
    private readonly flags: string[] = [],
  ) {}

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Resolves when the process answers `/health/ready`; rejects with what it said when it exits before. */
  async start(): Promise<void> {
    const child = await this.spawn();
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-2_000)));
    for (const deadline = Date.now() + START_MS; Date.now() < deadline; await delay(POLL_MS)) {
      if (child.exitCode !== null) throw new Error(`${this.name} exited with ${child.exitCode}: ${stderr}`);
      if (await this.isReady()) return;
    }
    await this.kill();
    throw new Error(`${this.name} was not ready within ${START_MS / 1_000} s: ${stderr}`);
  }

  private async spawn(): Promise<ChildProcess> {
    const port = await freePort();
    const disk = await mkdtemp(join(tmpdir(), 'replica-'));
    const child = spawn(process.execPath, [...this.flags, resolve(this.entry)], {
      cwd: disk,
      env: { PATH: process.env['PATH'] ?? '', ...this.environment, TMPDIR: disk, PORT: String(port), HOST: '127.0.0.1' },
      stdio: ['ignore', 'ignore', 'pipe', ...(this.flags.length > 0 ? ['ipc' as const] : [])],
    });
    running.add(child);
    child.once('exit', () => {
      running.delete(child);
      rmSync(disk, { recursive: true, force: true });
    });
    Object.assign(this, { child, disk, url: `http://127.0.0.1:${port}` });
    return child;
  }

  /** Carries out a call to this replica and counts it as in flight. */
  async during<T>(call: (url: string) => Promise<T>): Promise<T> {
    this.inFlight += 1;
    try {
      return await call(this.url);
    } finally {
      this.inFlight -= 1;
      if (this.inFlight === 0) this.whenIdle?.();
    }
  }

  /** Resolves once nothing is in flight. */
  async idle(): Promise<void> {
    if (this.inFlight > 0) await new Promise<void>((done) => (this.whenIdle = done));
  }

  /** What a preloaded module answers to a message. */
  async ask<Answer>(message: object): Promise<Answer> {
    if (!this.child) throw new Error(`${this.name} is not running`);
    const answer = once(this.child, 'message');
    this.child.send(message);
    const [value] = await answer;
    return value as Answer;
  }

  /** SIGKILL: nothing is flushed, nothing is said goodbye to. Resolves when the process is gone. */
  async kill(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  private isReady(): Promise<boolean> {
    return send(`${this.url}/health/ready`, { method: 'GET' }).then(({ status }) => status === 200, () => false);
  }
}
