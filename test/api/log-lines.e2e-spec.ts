import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../local/processes.js';
import { auditLine } from '../../src/telemetry/audit.js';
import { Client } from '../support/client.js';
import { cloudEnv } from '../support/cloud.js';
import { upload } from '../support/documents.js';
import { mintToken } from '../support/tokens.js';

const PASSWORD = 'CANARY-password-of-a-share';
const BIO = 'CANARY-what-somebody-wrote';

describe('the lines of a task', () => {
  const userId = randomUUID();
  const token = mintToken({ sub: userId });
  let child: ChildProcess;
  let client: Client;
  let output = '';
  let shareToken = '';

  beforeAll(async () => {
    const port = await freePort();
    const env = { ...process.env, ...cloudEnv(), LOG_LEVEL: 'warn', PORT: String(port), HOST: '127.0.0.1', SHUTDOWN_DRAIN_SECONDS: '0' };
    child = spawn(process.execPath, ['dist/main.js'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes: Buffer) => (output += bytes.toString()));
    client = new Client(`http://127.0.0.1:${port}`, token);
    while (!(await client.get('/health/ready').then(({ status }) => status === 200, () => false))) await delay(50);
    await client.put('/v1/profiles/me', { displayName: 'Ada', bio: BIO });
    const { path } = await upload({ userId, client }, 'hello');
    const share = await client.post(`${path}/shares`, { password: PASSWORD });
    shareToken = share.body.token;
    await client.post(`/v1/shares/${shareToken}`, { password: PASSWORD });
    await client.post(`/v1/shares/${shareToken}`, { password: `${PASSWORD}-wrong` });
    await client.put('/v1/profiles/me', { displayName: BIO });
    await client.get('/v1/profiles/me');
    await new Client(client.url, `${token}x`).get('/v1/profiles/me');
    await client.delete(path);
    child.kill('SIGTERM');
    await once(child, 'close');
  }, 60_000);
  afterAll(() => void child.kill('SIGKILL'));

  const lines = () => output.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Record<string, any>] : []));
  const audit = () => lines().filter((line) => line['audit'] === true);

  it('tell of every change who did what to which thing, whatever the log level', () => {
    expect(audit().map(({ action, outcome }) => `${outcome} ${action}`)).toEqual([
      'done PUT /v1/profiles/me',
      'done POST /v1/documents',
      'done POST /v1/documents/:id/upload/complete',
      'done POST /v1/documents/:id/shares',
      'done POST /v1/shares/:token',
      'done DELETE /v1/documents/:id',
    ]);
    const [put, , complete, , opened] = audit();
    expect(put).toMatchObject({ userId, requestId: expect.any(String), resource: { created: '/v1/profiles/me' } });
    expect(complete).toMatchObject({ userId, resource: { id: expect.any(String) } });
    expect(opened).not.toHaveProperty('userId');
  });

  it('hold no token, password, signature or content', () => {
    expect(output).toContain('"audit":true');
    for (const secret of [token, token.slice(-40), shareToken, 'CANARY', 'X-Amz-Signature', 'X-Amz-Credential']) expect(output).not.toContain(secret);
  });
});

describe('the audit', () => {
  const { paths } = JSON.parse(readFileSync('openapi.json', 'utf8')) as { paths: Record<string, Record<string, object>> };
  const routes = Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => [method.toUpperCase(), path.replaceAll(/\{(\w+)\}/g, ':$1')] as const));
  const mutating = routes.filter(([method]) => method !== 'GET');
  const lineOf = (method: string, url: string, status: number) => {
    const params = Object.fromEntries([...url.matchAll(/:(\w+)/g)].map(([, name]) => [name, `${name}-of-request`]));
    return auditLine({ method, routeOptions: { url }, params, id: 'r1' } as never, { getHeader: () => undefined } as never, status);
  };

  it('knows the API\'s routes', () => expect(mutating.length).toBeGreaterThan(12));

  it.each(mutating)('has a line for %s %s, done or with an unknown outcome, and none for a refusal', (method, url) => {
    expect(lineOf(method, url, 200)).toMatchObject({ audit: true, action: `${method} ${url}`, outcome: 'done' });
    expect(lineOf(method, url, 503)).toMatchObject({ outcome: 'unknown' });
    expect(lineOf(method, url, 499)).toMatchObject({ outcome: 'unknown' });
    expect(lineOf(method, url, 409)).toBeUndefined();
    expect(JSON.stringify(lineOf(method, url, 200))).not.toContain('token-of-request');
  });
});
