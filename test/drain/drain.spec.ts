import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../local/processes.js';
import { cloudEnv } from '../support/cloud.js';
import { mintToken } from '../support/tokens.js';

const hasHaproxy = spawnSync('haproxy', ['-v']).status === 0;
const behindHaproxy = hasHaproxy ? describe : describe.skip;
if (!hasHaproxy) console.log('Skipped: draining behind a balancer (haproxy is not on the PATH).');

const CLIENTS = 8;

behindHaproxy('draining under load behind a balancer', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stateless-drain-'));
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const token = mintToken({ sub: randomUUID() });
  const replicas: { port: number; child: ChildProcess }[] = [];
  let haproxy: ChildProcess;
  let port: number;

  const isReady = (at: number) => fetch(`http://127.0.0.1:${at}/health/ready`).then(({ ok }) => ok, () => false);
  const startReplica = async (at: number): Promise<{ port: number; child: ChildProcess }> => {
    const env = { ...process.env, ...cloudEnv(), PORT: String(at), HOST: '127.0.0.1', SHUTDOWN_DRAIN_SECONDS: '2' };
    const child = spawn(process.execPath, ['dist/main.js'], { env, stdio: 'ignore' });
    for (let i = 0; i < 200 && !(await isReady(at)); i += 1) await delay(50);
    return { port: at, child };
  };

  beforeAll(async () => {
    if (!existsSync('dist/main.js')) throw new Error('dist/main.js is missing: run "npm run build" first.');
    for (let i = 0; i < 2; i += 1) replicas.push(await startReplica(await freePort()));
    port = await freePort();
    const file = join(folder, 'haproxy.cfg');
    const servers = replicas.map((replica, i) => `  server r${i} 127.0.0.1:${replica.port} check inter 200ms fall 1 rise 1`);
    writeFileSync(file, [
      'defaults', '  mode http', '  timeout connect 1s', '  timeout client 30s', '  timeout server 30s', '  option httpchk GET /health/ready',
      'frontend api', `  bind 127.0.0.1:${port}`, '  default_backend replicas',
      'backend replicas', '  balance roundrobin', '  retries 0', ...servers, '',
    ].join('\n'));
    haproxy = spawn('haproxy', ['-f', file, '-db'], { stdio: 'ignore' });
    for (let i = 0; i < 100 && !(await isReady(port)); i += 1) await delay(50);
  }, 60_000);

  afterAll(async () => {
    agent.destroy();
    for (const child of [haproxy, ...replicas.map((replica) => replica.child)]) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  const get = () =>
    new Promise<number>((resolve) => {
      const call = request({ port, host: '127.0.0.1', path: '/v1/profiles/me', agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode ?? 0));
      });
      call.on('error', () => resolve(0)).end();
    });

  it('loses no request in three rounds', async () => {
    const statuses = new Map<number, number>();
    let isRunning = true;
    const clients = Array.from({ length: CLIENTS }, async () => {
      while (isRunning) {
        const status = await get();
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    });
    for (let round = 0; round < 3; round += 1) {
      const leaving = replicas[round % 2] as { port: number; child: ChildProcess };
      await delay(300);
      const gone = once(leaving.child, 'exit');
      leaving.child.kill('SIGTERM');
      expect((await gone)[0]).toBe(0);
      replicas[round % 2] = await startReplica(leaving.port);
      await delay(500);
    }
    isRunning = false;
    await Promise.all(clients);
    const total = [...statuses.values()].reduce((sum, count) => sum + count, 0);
    console.log(`${total} requests while two replicas were replaced in turn, three times: ${JSON.stringify([...statuses])}`);
    expect(total).toBeGreaterThan(500);
    // The profile was never created: 404 is the right answer, anything else is a lost request.
    expect([...statuses.keys()]).toEqual([404]);
  }, 90_000);
});
