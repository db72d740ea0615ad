import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../local/processes.js';
import { endWithUs } from './children.js';

export const hasHaproxy = (): boolean => spawnSync('haproxy', ['-v']).status === 0;

/** haproxy as the load balancer in front of replicas: it asks `/health/ready`, and tells in `X-Served-By` who answered (`r0`, `r1`, …). */
export class Balancer {
  private readonly folder = mkdtempSync(join(tmpdir(), 'stateless-balancer-'));
  private child?: ChildProcess;
  url = '';

  private constructor(
    private readonly ports: number[],
    private readonly checkMs: number,
  ) {}

  /** `checkMs`: how long an answer to a check may take; 0 for no checks, which believes that every replica is always well. */
  static async start(ports: number[], { checkMs = 4_000 } = {}): Promise<Balancer> {
    const balancer = new Balancer(ports, checkMs);
    await balancer.boot();
    return balancer;
  }

  /** How haproxy sees a replica: whether it gets requests, and how many it is working on. */
  async state(nth: number): Promise<{ isUp: boolean; inFlight: number }> {
    const socket = connect(join(this.folder, 'stats'));
    socket.end('show stat\n');
    let csv = '';
    for await (const chunk of socket) csv += String(chunk);
    const [names = [], ...rows] = csv.split('\n').map((line) => line.split(','));
    const row = rows.find(([pool, name]) => pool === 'replicas' && name === `r${nth}`) ?? [];
    return { isUp: row[names.indexOf('status')]?.startsWith('UP') ?? false, inFlight: Number(row[names.indexOf('scur')]) };
  }

  async until(nth: number, isUp: boolean, patienceMs = 20_000): Promise<void> {
    for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await delay(30)) {
      if ((await this.state(nth)).isUp === isUp) return;
    }
    throw new Error(`replica ${nth} is still ${isUp ? 'down' : 'up'} for the balancer`);
  }

  async stop(): Promise<void> {
    if (this.child && this.child.exitCode === null) {
      const gone = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await gone;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async boot(): Promise<void> {
    const port = await freePort();
    const file = join(this.folder, 'haproxy.cfg');
    writeFileSync(file, this.configuration(port));
    this.child = spawn('haproxy', ['-f', file, '-db'], { stdio: 'ignore' });
    this.child.on('error', () => {});
    endWithUs(this.child);
    this.url = `http://127.0.0.1:${port}`;
    const isUp = () => fetch(`${this.url}/health/live`).then(({ ok }) => ok, () => false);
    for (let i = 0; i < 400 && !(await isUp()); i += 1) await delay(50);
  }

  /** A connection that cannot be opened is tried at another replica; a request that was sent never is. */
  private configuration(port: number): string {
    const check = this.checkMs > 0 ? ' check inter 200ms fall 2 rise 1' : '';
    return [
      'global', `  stats socket ${join(this.folder, 'stats')}`,
      'defaults', '  mode http', '  timeout connect 1s', '  timeout client 30s', '  timeout server 30s', `  timeout check ${this.checkMs || 1_000}ms`,
      '  option httpchk GET /health/ready', '  option redispatch 1', '  retries 2', '  retry-on conn-failure',
      'frontend api', `  bind 127.0.0.1:${port}`, '  default_backend replicas',
      'backend replicas', '  balance roundrobin', '  http-response set-header X-Served-By %s',
      ...this.ports.map((at, nth) => `  server r${nth} 127.0.0.1:${at}${check}`), '',
    ].join('\n');
  }
}
