import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../../../local/names.js';
import { freePort } from '../../../local/processes.js';
import { endWithUs } from '../../support/children.js';

export interface TaskOptions {
  name: string;
  /** The entry of the build to run. */
  main: string;
  environment: Environment;
  /** Kept when the task is started again; a free one by default. */
  port?: number;
  /** Of Node. */
  flags?: string[];
  /** Everything that the process prints. */
  onOutput?: (text: string) => void;
}

/** What the probe says of a process; bytes and seconds. Taken after a garbage collection. */
export interface Memory {
  rss: number;
  heapUsed: number;
  handles: number;
  uptime: number;
}

const PROBE = fileURLToPath(new URL('./probe.mjs', import.meta.url));
const START_MS = 120_000;

/** One process of the service, as a task would run it: with a real pipe for its output, and a probe to look inside. */
export class Task {
  private questions = 0;

  private constructor(
    readonly options: TaskOptions,
    readonly port: number,
    private readonly child: ChildProcess,
    private readonly reader: ChildProcess,
  ) {}

  static async launch(options: TaskOptions): Promise<Task> {
    const port = options.port ?? (await freePort());
    const output = pipeTo(options.onOutput);
    const child = spawn(process.execPath, ['--expose-gc', '--import', PROBE, ...(options.flags ?? []), options.main], {
      env: { PATH: process.env['PATH'] ?? '', ...options.environment, PORT: String(port), HOST: '127.0.0.1' },
      stdio: ['ignore', output.end, output.end, 'ipc'],
    });
    closeSync(output.end);
    child.channel?.unref();
    child.on('error', () => {});
    endWithUs(child);
    return new Task(options, port, child, output.reader);
  }

  /** Resolves when the process answers `/health/ready`. */
  static async start(options: TaskOptions): Promise<Task> {
    const task = await Task.launch(options);
    for (const deadline = Date.now() + START_MS; Date.now() < deadline; await delay(40)) {
      if (task.hasExited) throw new Error(`${options.name} exited with ${task.child.exitCode ?? task.child.signalCode} instead of starting`);
      if ((await task.readiness()).status === 200) return task;
    }
    task.signal('SIGKILL');
    throw new Error(`${options.name} was not ready within ${START_MS / 1_000} s`);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get hasExited(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** `status` 0 while nobody listens. */
  readiness(): Promise<{ status: number; text: string }> {
    return fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(3_000) }).then(
      async (response) => ({ status: response.status, text: await response.text() }),
      () => ({ status: 0, text: '' }),
    );
  }

  /** Resolves when everything that the process printed was read; not before it has ended. */
  get allRead(): Promise<void> {
    const { reader } = this;
    return reader.exitCode !== null ? Promise.resolve() : once(reader, 'close').then(() => undefined);
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Sends the signal and resolves to the exit code, or to the name of the signal that ended it. */
  async end(signal: NodeJS.Signals): Promise<number | string> {
    if (!this.hasExited) {
      const gone = once(this.child, 'exit');
      this.signal(signal);
      await gone;
    }
    return this.child.exitCode ?? this.child.signalCode ?? 'unknown';
  }

  /** Another process at the same address. */
  again(): Promise<Task> {
    return Task.start({ ...this.options, port: this.port });
  }

  /** Nobody reads what the process prints until the function is called: the pipe fills up. */
  holdOutput(): () => void {
    this.reader.kill('SIGSTOP');
    return () => void this.reader.kill('SIGCONT');
  }

  memory(): Promise<Memory> {
    return this.ask('memory') as Promise<Memory>;
  }

  /** Blocks the event loop; resolves when it runs again. */
  async block(ms: number): Promise<void> {
    await this.ask('block', { ms });
  }

  /** Moves the clock of the process ahead, from now on. */
  async moveClock(ms: number): Promise<void> {
    await this.ask('moveClock', { ms });
  }

  private ask(question: string, more: object = {}): Promise<unknown> {
    const id = (this.questions += 1);
    return new Promise((resolve, reject) => {
      const hear = (answer: { id?: number }) => {
        if (answer.id !== id) return;
        settle();
        resolve(answer);
      };
      const left = () => {
        settle();
        reject(new Error(`${this.options.name} has exited`));
      };
      const settle = () => void this.child.off('message', hear).off('exit', left);
      this.child.on('message', hear).on('exit', left);
      this.child.send({ id, ask: question, ...more });
    });
  }
}

/** A pipe of the operating system: what Node calls a pipe is a socket, which fills up in another way. */
function pipeTo(onOutput: (text: string) => void = () => {}): { end: number; reader: ChildProcess } {
  const folder = mkdtempSync(join(tmpdir(), 'stateless-pipe-'));
  const path = join(folder, 'output');
  if (spawnSync('mkfifo', [path]).status !== 0) throw new Error('mkfifo is missing');
  // Opened both ways, so that opening waits for nobody.
  const end = openSync(path, 'r+');
  const reader = spawn('cat', [path], { stdio: ['ignore', 'pipe', 'ignore'] });
  endWithUs(reader);
  reader.stdout.setEncoding('utf8').on('data', onOutput);
  reader.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return { end, reader };
}
