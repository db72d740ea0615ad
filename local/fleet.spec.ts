import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { cloudEnv } from '../test/support/cloud.js';
import { mintToken } from '../test/support/tokens.js';
import { controlFleet } from './fleet-control.js';
import { startFleet, type Fleet } from './fleet.js';
import { freePort } from './processes.js';

const ORIGIN = 'http://localhost:5173';

describe('three tasks behind the local balancer', () => {
  let fleet: Fleet;
  let control: Server | undefined;
  let controlUrl: string;
  const headers = { authorization: `Bearer ${mintToken({ sub: randomUUID() })}`, origin: ORIGIN };
  beforeAll(async () => {
    if (!existsSync('dist/main.js')) throw new Error('dist/main.js is missing: run "npm run build" first.');
    fleet = await startFleet([process.execPath, 'dist/main.js'], { ...cloudEnv(), SHUTDOWN_DRAIN_SECONDS: '0' }, await freePort(), 3);
    const port = await freePort();
    control = await controlFleet(fleet, port, [ORIGIN]);
    controlUrl = `http://127.0.0.1:${port}`;
  }, 120_000);
  afterAll(async () => {
    control?.closeAllConnections();
    control?.close();
    await fleet?.stop();
  });

  it('lose no request when one is killed without warning, and it comes back', async () => {
    const before = fleet.tasks();
    const served = new Map<string, number>();
    const failures: string[] = [];
    let isRunning = true;
    const document = JSON.stringify({ name: 'a.txt', contentType: 'text/plain', size: 1 });
    const clients = Array.from({ length: 6 }, async (_, index) => {
      while (isRunning) {
        const creation = { method: 'POST', headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': randomUUID() }, body: document };
        // A user may have a hundred uploads open: creations are a few among reads.
        const isCreation = index === 0 && (served.get('creations') ?? 0) < 50;
        if (isCreation) served.set('creations', (served.get('creations') ?? 0) + 1);
        const response = await fetch(`${fleet.url}/v1/documents`, isCreation ? creation : { headers }).catch((error: Error) => error);
        if (response instanceof Error || !response.ok) failures.push(response instanceof Error ? response.message : `${response.status} ${await response.text()}`);
        else {
          await response.arrayBuffer();
          const by = response.headers.get('x-served-by') ?? 'nobody';
          served.set(by, (served.get(by) ?? 0) + 1);
        }
      }
    });
    const nameOf = (task: { name: string; pid?: number }): string => `${task.name}; pid=${task.pid}`;
    const haveServed = async (...names: string[]): Promise<void> => {
      while (!names.every((name) => served.has(name))) await delay(20);
    };
    await haveServed(...before.map(nameOf));
    expect((await fetch(`${controlUrl}/tasks/2/kill`, { method: 'POST', headers: { origin: ORIGIN } })).status).toBe(200);
    while (fleet.tasks()[1]?.pid === before[1]?.pid || !fleet.tasks()[1]?.isReady) await delay(50);
    await haveServed(nameOf(fleet.tasks()[1] ?? { name: 'task-2' }));
    isRunning = false;
    await Promise.all(clients);
    expect(failures).toEqual([]);
    expect(served.get('creations')).toBeGreaterThan(0);
  }, 180_000);

  it('tell a page which of them answered', async () => {
    const response = await fetch(`${fleet.url}/v1/documents`, { headers });
    expect(response.headers.get('access-control-expose-headers')).toMatch(/ETag.*, X-Served-By$/);
    expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN);
  });

  it('are killed by nobody from another site', async () => {
    const pids = fleet.tasks().map(({ pid }) => pid);
    expect((await fetch(`${controlUrl}/tasks/1/kill`, { method: 'POST', headers: { origin: 'https://evil.example' } })).status).toBe(403);
    expect((await (await fetch(`${controlUrl}/tasks`)).json()) as { pid: number }[]).toMatchObject(pids.map((pid) => ({ pid })));
  });

  it('have one of them answer when the client hangs up', async () => {
    const { port } = new URL(fleet.url);
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write('POST /v1/documents HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nab');
    socket.destroy();
    expect((await fetch(`${fleet.url}/health/ready`)).status).toBe(200);
  });
});
