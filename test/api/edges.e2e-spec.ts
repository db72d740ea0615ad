import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { randomUUID } from 'node:crypto';
import { startApp, type RunningApp } from '../support/app.js';
import { Client, expectProblem, type Reply } from '../support/client.js';
import { mintToken } from '../support/tokens.js';

const ORIGIN = 'https://app.example.com';

describe('the edges of the API', () => {
  let app: RunningApp;
  let client: Client;
  beforeAll(async () => {
    app = await startApp({ CORS_ORIGINS: ORIGIN }, { headers: 1_000, request: 1_500, check: 200 });
    client = new Client(app.url, mintToken({ sub: randomUUID() }));
  });
  afterAll(() => app.close());

  /** Sends bytes as they are and gives back all that comes until the server closes. */
  async function raw(...pieces: (string | Buffer)[]): Promise<string> {
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
    await once(socket, 'connect');
    for (const piece of pieces) socket.write(piece);
    let reply = '';
    socket.on('data', (chunk: Buffer) => (reply += chunk.toString()));
    await Promise.race([once(socket, 'close'), new Promise((_, reject) => setTimeout(() => reject(new Error(`still open: ${reply}`)), 4_000).unref())]);
    return reply;
  }

  function expectRawProblem(reply: string, status: number, kind: string): void {
    const [head = '', body = ''] = reply.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head.toLowerCase()).toContain('content-type: application/problem+json');
    for (const header of ['x-request-id: ', 'strict-transport-security: ', 'x-content-type-options: nosniff', 'connection: close']) {
      expect(head.toLowerCase()).toContain(header);
    }
    expect(JSON.parse(body)).toMatchObject({ type: expect.stringMatching(`/problems/${kind}$`), status });
  }

  describe('where requests are ambiguous or broken', () => {
    it('refuses a bad request line', async () => expectRawProblem(await raw('NONSENSE\r\n\r\n'), 400, 'validation'));
    it('refuses Content-Length with Transfer-Encoding', async () => {
      expectRawProblem(await raw('POST /v1/documents HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'), 400, 'validation');
    });
    it('refuses two hosts', async () => expectRawProblem(await raw('GET /health/live HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'), 400, 'validation'));
    it('refuses oversized headers', async () => {
      expectRawProblem(await raw(`GET /health/live HTTP/1.1\r\nHost: a\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`), 431, 'headers-too-large');
    });
    it('closes on headers that never end', async () => expectRawProblem(await raw('GET /health/live HTTP/1.1\r\nHost: a\r\nX-Slow:'), 408, 'request-timeout'));
    it('closes on a body that never ends', async () => {
      const head = `PUT /v1/profiles/me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${mintToken({ sub: 'slow' })}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`;
      expect(await raw(head)).toMatch(/^(HTTP\/1.1 408 |$)/);
    });
  });

  describe('where bodies are not what they should be', () => {
    const put = (body: unknown, headers?: Record<string, string>): Promise<Reply> => client.put('/v1/profiles/me', body, headers);

    it('refuses bodies over 64 KiB', async () => expectProblem(await put({ displayName: 'x'.repeat(70_000) }), 413, 'too-large'));
    it('refuses other content types', async () => {
      expectProblem(await put('<a/>', { 'content-type': 'application/xml' }), 415, 'unsupported-media-type');
      expectProblem(await put('a=b', { 'content-type': 'application/x-www-form-urlencoded' }), 415, 'unsupported-media-type');
    });
    it('refuses what is not JSON in UTF-8', async () => {
      expectProblem(await put('{"displayName":'), 400, 'validation');
      expectProblem(await put(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])), 400, 'validation');
      expectProblem(await put(''), 400, 'validation');
    });
    it('refuses absurd depth without falling over', async () => {
      expectProblem(await put(`${'['.repeat(30_000)}${']'.repeat(30_000)}`), 400, 'validation');
    });
    it.each(['__proto__', 'constructor', 'prototype'])('refuses a member named %s anywhere', async (name) => {
      expectProblem(await put(`{"displayName":"A","preferences":{"a":[{"${name}":{}}]}}`), 400, 'validation');
    });
    it('stored nothing of all that', async () => expectProblem(await client.get('/v1/profiles/me'), 404, 'not-found'));
  });

  describe('where addresses do not fit', () => {
    it('answers 404 to unknown paths', async () => expectProblem(await client.get('/v1/nothing'), 404, 'not-found'));
    it('answers 405 with Allow to other methods', async () => {
      const reply = await client.delete('/v1/profiles/me');
      expectProblem(reply, 405, 'method-not-allowed');
      expect(reply.headers.get('allow')).toMatch(/GET.*PATCH.*PUT/);
    });
    it('answers 404 or 400 to broken percent encoding', async () => {
      const reply = await client.get('/v1/profiles/%E0%A4%A');
      expect([400, 404]).toContain(reply.status);
      expect(reply.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    });
  });

  it('gives every response an id and its security headers', async () => {
    for (const reply of [await client.get('/health/live'), await client.get('/v1/nothing'), await new Client(app.url).get('/v1/profiles/me')]) {
      expect(reply.headers.get('x-request-id')).toMatch(/^[\w.-]+$/);
      expect(reply.headers.get('strict-transport-security')).toMatch(/^max-age=/);
      expect(reply.headers.get('x-content-type-options')).toBe('nosniff');
    }
    expect((await client.get('/health/live', { 'x-request-id': 'mine-1' })).headers.get('x-request-id')).toBe('mine-1');
    expect((await client.get('/health/live', { 'x-request-id': 'a b' })).headers.get('x-request-id')).not.toBe('a b');
  });

  describe('for pages of other origins', () => {
    const preflight = (origin: string) =>
      fetch(`${app.url}/v1/profiles/me`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'PATCH', 'access-control-request-headers': 'authorization,if-match' },
      });

    it('allows those on the list and exposes what they need', async () => {
      const allowed = await preflight(ORIGIN);
      expect(allowed.status).toBe(204);
      expect(allowed.headers.get('access-control-allow-origin')).toBe(ORIGIN);
      expect(allowed.headers.get('access-control-allow-methods')).toMatch(/PATCH/);
      const reply = await client.get('/v1/profiles/me', { origin: ORIGIN });
      expect(reply.headers.get('access-control-allow-origin')).toBe(ORIGIN);
      for (const header of ['ETag', 'Link', 'Location', 'RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Request-Id', 'Idempotent-Replayed']) {
        expect(reply.headers.get('access-control-expose-headers')).toContain(header);
      }
    });
    it('gives nothing to others', async () => {
      expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
      expect((await client.get('/v1/profiles/me', { origin: 'https://evil.example' })).headers.get('access-control-allow-origin')).toBeNull();
    });
  });

  it('describes itself, on a page that loads nothing from elsewhere', async () => {
    const description = await new Client(app.url).get('/openapi.json');
    expect(description.body.openapi).toMatch(/^3\.1/);
    expect(Object.keys(description.body.paths)).toEqual(expect.arrayContaining(['/v1/profiles/me', '/v1/documents', '/health/ready']));
    const page = await (await fetch(`${app.url}/docs`)).text();
    const sources = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source as string);
    expect(sources.length).toBeGreaterThan(2);
    for (const source of sources) {
      expect(source).toMatch(/^\//);
      const asset = await fetch(app.url + source);
      expect(asset.status).toBe(200);
      await asset.arrayBuffer();
    }
  });
});
