import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request as forward } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../local/processes.js';
import { cloudEnv } from '../support/cloud.js';

/** Rejects a promise that nobody handles, when asked by a signal. */
const REJECTS = `data:text/javascript,process.on('SIGUSR2',()=>{Promise.reject(new Error('nobody handles this'))})`;

jest.setTimeout(60_000);

describe('the life of a task', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  const start = async (overrides: Record<string, string>, flags: string[] = []) => {
    const port = await freePort();
    const env = { ...process.env, ...cloudEnv(), LOG_LEVEL: 'info', PORT: String(port), HOST: '127.0.0.1', SHUTDOWN_DRAIN_SECONDS: '60', ...overrides };
    const child = spawn(process.execPath, [...flags, 'dist/main.js'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    let logs = '';
    child.stdout.on('data', (bytes: Buffer) => (logs += bytes.toString()));
    const gone = once(child, 'exit') as Promise<[number | null, string | null]>;
    return { child, gone, url: `http://127.0.0.1:${port}`, logs: () => logs };
  };
  const readiness = (url: string) => fetch(`${url}/health/ready`).then(async (reply) => ({ status: reply.status, body: (await reply.json()) as any }), () => undefined);
  const becomes = async (url: string, status: number) => {
    for (;;) {
      const answer = await readiness(url);
      if (answer?.status === status) return answer.body;
      await delay(50);
    }
  };

  it('without its secret it listens, says why it is not ready, serves nothing, and becomes ready once it has it', async () => {
    const real = new URL(String(cloudEnv()['AWS_ENDPOINT_URL_SECRETS_MANAGER'] ?? cloudEnv()['AWS_ENDPOINT_URL']));
    let isDown = true;
    // The request goes on as it is: its signature covers the host that it was sent to.
    const between = createServer((request, response) => {
      if (isDown) return void response.writeHead(500).end();
      const { method, headers, url: path } = request;
      request.pipe(forward({ hostname: real.hostname, port: real.port, path, method, headers }, (reply) => void reply.pipe(response)));
    });
    await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(between.address() as { port: number }).port}`;
    const { url, logs } = await start({ AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint });
    const problem = await becomes(url, 503);
    expect(problem.detail).toBe('The application secret has not been read yet.');
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    const refused = await fetch(`${url}/v1/profiles/me`);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(logs()).toContain('"event":"secret-not-read"');
    isDown = false;
    await becomes(url, 200);
    expect((await fetch(`${url}/v1/profiles/me`)).status).toBe(401);
    between.closeAllConnections();
    between.close();
  });

  it('a SIGTERM drains: unready, still serving with Connection: close; a second one hurries', async () => {
    const { child, gone, url, logs } = await start({});
    await becomes(url, 200);
    child.kill('SIGTERM');
    const problem = await becomes(url, 503);
    expect(problem.detail).toMatch(/draining/);
    const reply = await fetch(`${url}/v1/profiles/me`);
    expect([reply.status, reply.headers.get('connection')]).toEqual([401, 'close']);
    child.kill('SIGTERM');
    expect((await gone)[0]).toBe(0);
    expect(logs()).toContain('"route":"/v1/profiles/me"');
  });

  it('an unhandled rejection is logged, drains the task and ends it with an error', async () => {
    const { child, gone, url, logs } = await start({ SHUTDOWN_DRAIN_SECONDS: '5' }, ['--import', REJECTS]);
    await becomes(url, 200);
    child.kill('SIGUSR2');
    await becomes(url, 503);
    expect((await fetch(`${url}/v1/profiles/me`)).status).toBe(401);
    expect((await gone)[0]).toBe(1);
    expect(logs()).toMatch(/"event":"unhandled".*nobody handles this/);
  });
});
