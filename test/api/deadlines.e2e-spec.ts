import { createServer, connect, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createApp } from '../../src/app.js';
import { RequestsInFlight } from '../../src/resilience/requests-in-flight.js';
import { expectProblem } from '../support/client.js';
import { cloudEnv } from '../support/cloud.js';
import { newActor, promise, send } from '../support/documents.js';
import { mintToken } from '../support/tokens.js';

/** Forwards to a real server; while it hangs it takes connections and requests and answers nothing. */
class Line {
  hangs = false;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  constructor(target: URL) {
    this.server = createServer((client) => {
      const upstream = connect(Number(target.port), target.hostname);
      this.sockets.add(client).add(upstream);
      for (const socket of [client, upstream]) socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
      client.on('data', (bytes) => !this.hangs && upstream.write(bytes)).on('close', () => upstream.destroy());
      upstream.on('data', (bytes) => !this.hangs && client.write(bytes)).on('close', () => client.destroy());
    });
  }

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }
}

describe('a dependency that hangs', () => {
  const variables = ['AWS_ENDPOINT_URL_DYNAMODB', 'AWS_ENDPOINT_URL_S3'] as const;
  let before: Record<string, string | undefined>;
  let lines: { tables: Line; bytes: Line };
  let app: NestFastifyApplication;
  let url: string;

  beforeAll(async () => {
    const cloud: Record<string, string | undefined> = cloudEnv();
    const at = (variable: string) => new URL(cloud[variable] ?? cloud['AWS_ENDPOINT_URL'] ?? '');
    before = Object.fromEntries(variables.map((name) => [name, process.env[name]]));
    lines = { tables: new Line(at(variables[0])), bytes: new Line(at(variables[1])) };
    const tables = await lines.tables.start();
    const bytes = await lines.bytes.start();
    const ours = { AWS_ENDPOINT_URL_DYNAMODB: tables, AWS_ENDPOINT_URL_S3: bytes, S3_PUBLIC_ENDPOINT: at(variables[1]).origin, CACHE_URL: '' };
    for (const [name, value] of Object.entries({ ...cloud, ...ours })) if (name.startsWith('AWS_')) process.env[name] = value;
    app = await createApp({ ...cloud, ...ours });
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });
  afterEach(() => {
    lines.tables.hangs = lines.bytes.hangs = false;
  });
  afterAll(async () => {
    await app.close();
    lines.tables.stop();
    lines.bytes.stop();
    for (const name of variables) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });

  const timed = async <T>(call: Promise<T>): Promise<[T, number]> => {
    const began = performance.now();
    return [await call, performance.now() - began];
  };

  it('the tables: every reply is 503 with Retry-After, and in time; the next request after it is normal', async () => {
    const { client } = newActor(url);
    lines.tables.hangs = true;
    const calls = [
      client.get('/v1/profiles/me'),
      client.put('/v1/profiles/me', { displayName: 'Ada' }),
      client.get('/v1/documents'),
      client.post('/v1/documents', { name: 'a.txt', contentType: 'text/plain', size: 1 }),
    ].map(timed);
    for (const [reply, ms] of await Promise.all(calls)) {
      expectProblem(reply, 503, 'unavailable');
      expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
      // 3 s are promised; the rest is for machines that are busy with other suites.
      expect(ms).toBeLessThan(6_000);
    }
    lines.tables.hangs = false;
    expect((await client.put('/v1/profiles/me', { displayName: 'Ada' })).status).toBe(201);
  });

  it('S3: documents that need it answer 503, everything else is untouched', async () => {
    const actor = newActor(url);
    const { body } = await promise(actor, 'hello');
    await send(body.upload, 'hello');
    lines.bytes.hangs = true;
    const [complete, ms] = await timed(actor.client.post(`/v1/documents/${body.document.id}/upload/complete`));
    expectProblem(complete, 503, 'unavailable');
    expect(ms).toBeLessThan(5_000);
    expect((await actor.client.get(`/v1/documents/${body.document.id}`)).status).toBe(200);
    expect((await actor.client.get('/v1/profiles/me')).status).toBe(404);
    lines.bytes.hangs = false;
    expect((await actor.client.post(`/v1/documents/${body.document.id}/upload/complete`)).status).toBe(200);
  });

  it('a client that leaves takes its read along', async () => {
    lines.tables.hangs = true;
    const inFlight = app.get(RequestsInFlight);
    const headers = { authorization: `Bearer ${mintToken({ sub: 'a-user-who-leaves' })}` };
    const call = httpRequest(`${url}/v1/documents`, { headers, agent: false }).on('error', () => undefined);
    call.end();
    while (inFlight.count === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const began = performance.now();
    call.destroy();
    while (inFlight.count > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
