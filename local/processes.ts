import { fork, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export interface Command {
  name: string;
  command: string;
  args: string[];
  cwd?: string;
  env?: Record<string, string>;
  /** Shows what it prints. */
  isLoud?: boolean;
}

/** What the keeper tells of a server. */
interface Report {
  name: string;
  pid?: number;
  failed?: string;
}

const START_MS = 60_000;

/** Below those that systems give to outgoing connections, of which one could be taken before its finder listens on it. */
const PORTS = { lowest: 10_000, highest: 32_767 };

const anyPort = (): number => randomInt(PORTS.lowest, PORTS.highest + 1);

/** A port on loopback that nothing listens on: the preferred one when it is free. */
export async function freePort(preferred = anyPort()): Promise<number> {
  for (let port = preferred; ; port = anyPort()) if (await isFree(port)) return port;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    // The latter where the system keeps ranges for itself.
    if (['EADDRINUSE', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
  server.close();
  await once(server, 'close');
  return true;
}

/** Servers of the embedded cloud, under a keeper that stops them when this process ends in whatever way. */
export class Processes {
  private readonly failures = new Map<string, string>();
  private readonly pids = new Map<string, number>();

  private constructor(private readonly keeper: ChildProcess) {
    keeper.on('message', ({ name, failed, pid }: Report) => {
      if (failed !== undefined) this.failures.set(name, failed);
      else if (pid !== undefined) this.pids.set(name, pid);
    });
  }

  static start(commands: Command[]): Processes {
    const keeper = fork(fileURLToPath(new URL('./keeper.mjs', import.meta.url)), [JSON.stringify(commands)], {
      execArgv: [],
      stdio: ['pipe', 'inherit', 'inherit', 'ipc'],
    });
    keeper.unref();
    keeper.channel?.unref();
    return new Processes(keeper);
  }

  /** Waits until `isUp` says yes; rejects with what the server said when it exits, or after 60 s. */
  async ready(name: string, isUp: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + START_MS;
    while (!(await isUp().catch(() => false))) {
      const failure = this.failures.get(name);
      if (failure) throw new Error(`${name} did not start: ${failure}`);
      if (Date.now() > deadline) throw new Error(`${name} did not answer within ${START_MS / 1_000} s`);
      await delay(20);
    }
  }

  /** Calls back when a server ends by itself. */
  onEnd(listener: () => void): void {
    this.keeper.on('message', ({ failed }: Report) => failed !== undefined && listener());
  }

  /** The process of a server, once it has begun. */
  pidOf(name: string): number | undefined {
    return this.pids.get(name);
  }

  async stop(): Promise<void> {
    if (this.keeper.exitCode !== null) return;
    const exited = once(this.keeper, 'exit');
    this.keeper.ref();
    this.keeper.stdin?.end();
    await exited;
  }
}
