import { setTimeout as delay } from 'node:timers/promises';
import type { Api } from './api.js';
import { Balancer, type Target } from './balancer.js';
import type { Environment } from './names.js';
import { freePort, Processes } from './processes.js';

/** A dead task is replaced after as long as it takes to see that it is gone. */
const RESTART_MS = 3_000;

/** One task: a process that is started again whenever it ends. */
class Task implements Target {
  private processes?: Processes;
  private isStopping = false;

  constructor(
    readonly name: string,
    readonly port: number,
    private readonly command: string[],
    private readonly environment: Environment,
    private readonly say: (text: string) => void,
  ) {}

  get pid(): number | undefined {
    return this.processes?.pidOf(this.name);
  }

  async start(): Promise<void> {
    const [command = '', ...args] = this.command;
    const env = { ...this.environment, PORT: String(this.port), HOST: '127.0.0.1', TRUST_PROXY: '1' };
    const processes = Processes.start([{ name: this.name, command, args, env, isLoud: true }]);
    this.processes = processes;
    await processes.ready(this.name, async () => (await fetch(`http://127.0.0.1:${this.port}/health/ready`)).ok);
    processes.onEnd(() => void this.replace(processes));
    this.say(`${this.name} is process ${this.pid}, on port ${this.port}`);
  }

  kill(): void {
    const { pid } = this;
    if (pid === undefined) return;
    this.say(`${this.name} (process ${pid}) is killed`);
    process.kill(pid, 'SIGKILL');
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await this.processes?.stop();
  }

  private async replace(ended: Processes): Promise<void> {
    await ended.stop();
    await delay(RESTART_MS, undefined, { ref: false });
    if (this.isStopping || this.processes !== ended) return;
    await this.start().catch((error: Error) => this.say(`${this.name} did not come back: ${error.message}`));
  }
}

/** Several tasks behind a balancer. */
export interface Fleet extends Api {
  tasks(): { name: string; pid?: number; port: number; isReady: boolean }[];
  /** Ends a task without warning, as a host that dies would; it comes back after a moment. Tasks count from 1. */
  kill(number: number): void;
}

/** Runs `count` tasks of a command behind a balancer on `port`, all of them ready. */
export async function startFleet(command: string[], environment: Environment, port: number, count: number, say: (text: string) => void = () => {}): Promise<Fleet> {
  const tasks: Task[] = [];
  for (let number = 1; number <= count; number += 1) tasks.push(new Task(`task-${number}`, await freePort(), command, environment, say));
  const stopTasks = () => Promise.all(tasks.map((task) => task.stop()));
  try {
    await Promise.all(tasks.map((task) => task.start()));
    const balancer = await Balancer.start(port, tasks);
    return {
      url: `http://127.0.0.1:${port}`,
      // A task that ends is replaced; the fleet itself never ends.
      onEnd: () => {},
      tasks: () => tasks.map((task) => ({ name: task.name, pid: task.pid, port: task.port, isReady: balancer.isHealthy(task) })),
      kill: (number) => tasks[number - 1]?.kill(),
      stop: async () => {
        await Promise.all([balancer.stop(), stopTasks()]);
      },
    };
  } catch (error) {
    await stopTasks();
    throw error;
  }
}
