import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export type Environment = Record<string, string>;

/** Generous: many suites may share the machine. */
const START_MS = 60_000;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** One process of the service, as a task would run it. */
export class Replica {
  private child?: ChildProcess;
  url = '';
  ready: Promise<void> = Promise.resolve();

  constructor(
    readonly name: string,
    private readonly entry: string,
    private readonly environment: Environment,
  ) {}

  get isUp(): boolean {
    return this.child !== undefined;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Resolves when the process answers `/health/ready`. */
  start(): Promise<void> {
    this.ready = this.boot();
    return this.ready;
  }

  private async boot(): Promise<void> {
    const port = await freePort();
    this.url = `http://127.0.0.1:${port}`;
    const child = spawn(process.execPath, [this.entry], {
      env: { PATH: process.env['PATH'] ?? '', ...this.environment, PORT: String(port), HOST: '127.0.0.1' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-2_000)));
    const deadline = Date.now() + START_MS;
    while (Date.now() < deadline) {
      if (child.exitCode !== null) throw new Error(`${this.name} exited with ${child.exitCode}: ${stderr}`);
      const isReady = await fetch(`${this.url}/health/ready`).then(({ ok }) => ok, () => false);
      if (isReady) {
        this.child = child;
        return;
      }
      await delay(50);
    }
    child.kill('SIGKILL');
    throw new Error(`${this.name} was not ready within ${START_MS / 1_000} s: ${stderr}`);
  }

  /** SIGKILL: nothing is flushed, nothing is said goodbye to. */
  kill(): void {
    this.child?.kill('SIGKILL');
    this.child = undefined;
  }
}

/** Several replicas of one build over one cloud; the lone replica of the comparison is a fleet of one. */
export class Fleet {
  kills = 0;

  private constructor(private readonly replicas: Replica[]) {}

  static async start(size: number, entry: string | string[], environment: Environment): Promise<Fleet> {
    const entries = [entry].flat();
    const replicas = Array.from({ length: size }, (_, i) => new Replica(`replica ${i + 1}`, entries[i % entries.length] ?? '', environment));
    const fleet = new Fleet(replicas);
    try {
      await Promise.all(replicas.map((replica) => replica.start()));
      return fleet;
    } catch (error) {
      await fleet.stop();
      throw error;
    }
  }

  /** Processes of the replicas that are up. */
  get pids(): number[] {
    return this.replicas.map(({ pid }) => pid).filter((pid) => pid !== undefined);
  }

  /** One of the replicas that are up; waits when none is. */
  async pick(choice: number): Promise<Replica> {
    const up = this.replicas.filter(({ isUp }) => isUp);
    if (up.length === 0) await Promise.race(this.replicas.map(({ ready }) => ready));
    const candidates = this.replicas.filter(({ isUp }) => isUp);
    return candidates[choice % candidates.length] as Replica;
  }

  /** Kills a replica and starts its successor in the background. */
  kill(replica: Replica): void {
    this.kills += 1;
    replica.kill();
    replica.start().catch((error: unknown) => {
      console.error(error);
      process.exit(2);
    });
  }

  async stop(): Promise<void> {
    await Promise.allSettled(this.replicas.map(({ ready }) => ready));
    for (const replica of this.replicas) replica.kill();
  }
}
