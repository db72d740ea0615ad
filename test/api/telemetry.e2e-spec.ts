import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createApp } from '../../src/app.js';
import { Client } from '../support/client.js';
import { cloudEnv } from '../support/cloud.js';
import { mintToken } from '../support/tokens.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('with a collector', () => {
  let collector: Server;
  let app: NestFastifyApplication;
  let client: Client;
  const received: { path: string; text: string }[] = [];
  const token = mintToken({ sub: 'a-user-with-traces' });

  beforeAll(async () => {
    collector = createServer((request, response) => {
      void request.setEncoding('utf8').toArray().then((text) => {
        received.push({ path: request.url ?? '', text: text.join('') });
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    }).listen(0, '127.0.0.1');
    await once(collector, 'listening');
    const environment = { ...cloudEnv(), OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}` };
    for (const [name, value] of Object.entries(environment)) if (name.startsWith('AWS_')) process.env[name] = value;
    app = await createApp(environment);
    await app.listen(0, '127.0.0.1');
    client = new Client(await app.getUrl(), token);
  });
  afterAll(() => {
    collector.closeAllConnections();
    collector.close();
  });

  it('a problem tells the id of its trace, which is the caller\'s when the caller names one', async () => {
    const traced = await client.get('/v1/profiles/me', { traceparent: `00-${TRACE}-${SPAN}-01` });
    expect([traced.status, traced.body.traceId]).toEqual([404, TRACE]);
    const own = await client.get('/v1/profiles/me', { traceparent: 'not one' });
    expect(own.body.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(own.body.traceId).not.toBe(TRACE);
  });

  it('closing sends spans of requests and of the calls they made, and every golden signal, without what clients sent', async () => {
    await client.get('/v1/documents?folder=CANARY-QUERY');
    await client.get('/v1/shares/CANARY-SHARE-TOKEN');
    await app.close();
    const sent = (path: string) => received.filter((one) => one.path === path).map(({ text }) => text).join('\n');
    const traces = sent('/v1/traces');
    expect(traces).toContain('"name":"GET /v1/profiles/me"');
    expect(traces).toContain('"name":"dynamodb Get');
    expect(traces).toContain(`"traceId":"${TRACE}"`);
    expect(traces).toContain(`"parentSpanId":"${SPAN}"`);
    const metrics = sent('/v1/metrics');
    const names = ['http.server.request.duration', 'http.server.active_requests', 'aws.call.duration', 'aws.attempts', 'aws.dynamodb.consumed_capacity',
      'stateless.bulkhead.waiting', 'stateless.requests.refused', 'stateless.requests.late', 'stateless.logs.dropped', 'nodejs.eventloop.utilization'];
    for (const name of names) expect(metrics).toContain(`"name":"${name}"`);
    for (const secret of ['CANARY', token, token.slice(-40), 'a-user-with-traces']) expect(traces + metrics).not.toContain(secret);
  });
});

describe('without a collector', () => {
  it('nothing of OpenTelemetry is loaded, and problems name no trace', async () => {
    const environment = cloudEnv();
    for (const [name, value] of Object.entries(environment)) if (name.startsWith('AWS_')) process.env[name] = value;
    const app = await createApp(environment);
    await app.listen(0, '127.0.0.1');
    const reply = await new Client(await app.getUrl()).get('/v1/profiles/me', { traceparent: `00-${TRACE}-${SPAN}-01` });
    expect(reply.status).toBe(401);
    expect(reply.body).not.toHaveProperty('traceId');
    await app.close();
  });
});
