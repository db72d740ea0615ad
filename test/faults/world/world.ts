import { randomUUID } from 'node:crypto';
import type { Environment } from '../../../local/names.js';
import { Balancer } from '../../support/balancer.js';
import { mintToken } from '../../support/tokens.js';
import { HttpClient, type Reply } from '../load/http-client.js';
import { OpenLoop, type LoadOptions } from '../load/open-loop.js';
import { Canary } from './canary.js';
import { Dependencies } from './dependencies.js';
import { builtService, patchedBuild, type Build, type Patch } from './patched-build.js';
import { Recording } from './recording.js';
import { Task, type TaskOptions } from './task.js';

export interface WorldOptions {
  name: string;
  cloud: Environment;
  canary: Canary;
  /** The CI setting. */
  isShort: boolean;
  /** The defence that is switched off, if any; an empty list where it is not the service's own. */
  patches?: Patch[];
}

/** More than any rehearsal sends: limits are tested elsewhere. */
const GENEROUS: Environment = {
  RATE_LIMIT: '10000000/60s',
  RATE_LIMIT_ANONYMOUS: '10000000/60s',
  LIMIT_PENDING_UPLOADS: '10000',
  LOG_LEVEL: 'debug',
  SHUTDOWN_DRAIN_SECONDS: '2',
};

/** All that one row needs: dependencies of its own behind proxies, replicas, a balancer, clients and a recording. */
export class World {
  readonly recording = new Recording();
  readonly tasks: Task[] = [];
  /** Hears what the replicas print. */
  onOutput?: (text: string) => void;
  private readonly clients: HttpClient[] = [];
  private balancer?: Balancer;

  private constructor(
    private readonly options: WorldOptions,
    readonly dependencies: Dependencies,
    private readonly build: Build,
  ) {}

  static async start(options: WorldOptions): Promise<World> {
    const [dependencies, build] = await Promise.all([
      Dependencies.start(options.cloud, options.name),
      options.patches ? patchedBuild(options.patches) : builtService,
    ]);
    return new World(options, dependencies, build);
  }

  /** For rows whose defence is not the service's own. */
  get isDefenceless(): boolean {
    return this.options.patches !== undefined;
  }

  get isShort(): boolean {
    return this.options.isShort;
  }

  get canary(): Canary {
    return this.options.canary;
  }

  /** A time that the short setting cuts down. Milliseconds. */
  time(full: number, short: number): number {
    return this.isShort ? short : full;
  }

  /** Starts replicas; their number is their place in `tasks`. */
  async startTasks(count: number, options: Partial<TaskOptions> = {}): Promise<Task[]> {
    const from = this.tasks.length;
    const started = Array.from({ length: count }, (_, nth) => Task.start(this.taskOptions(from + nth, options)));
    this.tasks.push(...(await Promise.all(started)));
    return this.tasks.slice(from);
  }

  /** A replica that nobody waits for: it may never be ready. */
  async launchTask(options: Partial<TaskOptions> = {}): Promise<Task> {
    const task = await Task.launch(this.taskOptions(this.tasks.length, options));
    this.tasks.push(task);
    return task;
  }

  async balance(options?: { checkMs?: number }): Promise<Balancer> {
    this.balancer = await Balancer.start(this.tasks.map(({ port }) => port), options);
    return this.balancer;
  }

  /** A client of the balancer, or of one replica; everything that it is told is searched for secrets. */
  client(url = this.balancer?.url ?? this.tasks[0]?.url ?? '', connections?: number): HttpClient {
    const client = new HttpClient(url, (reply: Reply) => {
      this.canary.reply(reply.text);
      this.canary.reply(JSON.stringify(reply.headers));
    }, connections);
    this.clients.push(client);
    return client;
  }

  load(options: LoadOptions): OpenLoop {
    const load = new OpenLoop(options);
    this.recording.follow(load);
    return load;
  }

  /** An access token of a new sign-in. */
  token(userId: string = randomUUID()): string {
    return mintToken({ sub: userId }, this.options.cloud['COGNITO_ISSUER']);
  }

  async stop(): Promise<void> {
    await Promise.all(this.tasks.map((task) => task.end('SIGKILL')));
    for (const client of this.clients) client.close();
    await this.balancer?.stop();
    await this.dependencies.stop();
    if (this.build !== builtService) await this.build.remove();
  }

  private taskOptions(nth: number, { environment, ...options }: Partial<TaskOptions>): TaskOptions {
    const name = `${this.options.name} r${nth}`;
    return {
      name,
      main: this.build.main,
      environment: { ...this.dependencies.environment, ...GENEROUS, ...environment },
      onOutput: (text) => {
        this.canary.output(name, text);
        this.onOutput?.(text);
      },
      ...options,
    };
  }
}
