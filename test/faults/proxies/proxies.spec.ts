import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DynamoDBClient, ListTablesCommand, type DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { HeadBucketCommand, ListObjectsV2Command, S3Client, type S3ServiceException } from '@aws-sdk/client-s3';
import { once } from 'node:events';
import { Agent, createServer, request as open, type Server } from 'node:http';
import { connect, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { HttpProxy } from './http-proxy.js';
import { refusingCommands } from './redis-errors.js';
import { TcpProxy } from './tcp-proxy.js';

const portOf = (server: TcpServer | Server) => (server.address() as { port: number }).port;
const failure = (promise: Promise<unknown>) => promise.then(() => 'no failure', ({ code, name }: { code?: string; name: string }) => code ?? name);

describe('HttpProxy', () => {
  const upstream = createServer((request, response) => {
    carriedOut += 1;
    request.pipe(response.writeHead(200, { 'x-seen-host': String(request.headers.host), connection: 'keep-alive' }));
  });
  const agent = new Agent({ keepAlive: true });
  let carriedOut = 0;
  let proxy: HttpProxy;

  beforeAll(async () => {
    upstream.listen(0, '127.0.0.1');
    await once(upstream, 'listening');
    proxy = await HttpProxy.to(`http://127.0.0.1:${portOf(upstream)}`, 'dynamodb');
  });
  beforeEach(async () => {
    await proxy.heal();
    proxy.forget();
    carriedOut = 0;
  });
  afterAll(async () => {
    await proxy.close();
    agent.destroy();
    upstream.closeAllConnections();
    upstream.close();
  });

  const post = (signal = AbortSignal.timeout(5_000)) =>
    new Promise<{ status: number; body: string; host: unknown }>((resolve, reject) => {
      const call = open(proxy.url, { method: 'POST', agent, signal }, (reply) => {
        let body = '';
        reply.on('data', (chunk) => (body += chunk)).on('end', () => resolve({ status: reply.statusCode ?? 0, body, host: reply.headers['x-seen-host'] }));
      });
      call.on('error', reject).end('hello');
    });

  it('forwards what it gets, the Host header included: signatures must hold', async () => {
    expect(await post()).toEqual({ status: 200, body: 'hello', host: new URL(proxy.url).host });
  });

  it('delays by what it is told', async () => {
    proxy.inject({ fault: { kind: 'slow', ms: 120 } });
    const from = performance.now();
    await post();
    expect(performance.now() - from).toBeGreaterThan(115);
  });

  it('hangs without passing the request on, and resets it when healed', async () => {
    proxy.inject({ fault: { kind: 'hang' } });
    const call = failure(post());
    while (proxy.attempts === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await proxy.heal();
    expect({ failure: await call, carriedOut }).toEqual({ failure: 'ECONNRESET', carriedOut: 0 });
  });

  it('resets the connection before anything was carried out', async () => {
    proxy.inject({ fault: { kind: 'reset' } });
    expect({ failure: await failure(post()), carriedOut }).toEqual({ failure: 'ECONNRESET', carriedOut: 0 });
  });

  it('loses the reply after the request was carried out', async () => {
    proxy.inject({ fault: { kind: 'lose-reply' }, times: 1 });
    expect({ failure: await failure(post()), carriedOut }).toEqual({ failure: 'ECONNRESET', carriedOut: 1 });
    expect((await post()).status).toBe(200);
  });

  it('disturbs the share that it is told, and counts', async () => {
    proxy.inject({ fault: { kind: 'error' }, share: 0.2 });
    for (let i = 0; i < 15; i += 1) await Promise.all(Array.from({ length: 20 }, () => post()));
    const { attempts, disturbed } = proxy.count();
    expect(attempts).toBe(300);
    // Five standard deviations around 60.
    expect(Math.abs(disturbed - 60)).toBeLessThan(35);
    expect(carriedOut).toBe(attempts - disturbed);
  });

  it('disturbs only what it is told to', async () => {
    proxy.inject({ fault: { kind: 'error' }, when: ({ path }) => path === '/elsewhere' });
    expect((await post()).status).toBe(200);
  });

  it('refuses connections and takes them again at the same port, keeping the ones there are', async () => {
    await post();
    const { url } = proxy;
    await proxy.door('refuse');
    expect((await post()).status).toBe(200);
    proxy.cut();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await failure(post())).toBe('ECONNREFUSED');
    await proxy.heal();
    expect({ url: proxy.url, ...(await post()) }).toMatchObject({ url, status: 200 });
  });

  it('swallows connections: connecting neither succeeds nor fails', async () => {
    await proxy.door('blackhole');
    proxy.cut();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await failure(post(AbortSignal.timeout(400)))).toMatch(/ABORT|Timeout/i);
    await proxy.heal();
    expect((await post()).status).toBe(200);
  });

  it('speaks as DynamoDB, so that the SDK knows what went wrong and repeats it', async () => {
    const client = new DynamoDBClient({ region: 'us-east-1', endpoint: proxy.url, credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, maxAttempts: 2 });
    proxy.inject({ fault: { kind: 'throttled' } });
    const error: DynamoDBServiceException = await client.send(new ListTablesCommand({})).then(() => undefined, (reason) => reason);
    expect({ name: error.name, status: error.$metadata.httpStatusCode }).toEqual({ name: 'ThrottlingException', status: 400 });
    expect(proxy.count()).toEqual({ attempts: 2, calls: 1, disturbed: 2 });
    client.destroy();
  });

  it('speaks as S3, also where a reply has no body', async () => {
    const s3 = await HttpProxy.to(`http://127.0.0.1:${portOf(upstream)}`, 's3');
    const client = new S3Client({ region: 'us-east-1', endpoint: s3.url, credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, maxAttempts: 1, forcePathStyle: true });
    s3.inject({ fault: { kind: 'throttled' } });
    const error: S3ServiceException = await client.send(new ListObjectsV2Command({ Bucket: 'b' })).then(() => undefined, (reason) => reason);
    expect({ name: error.name, status: error.$metadata.httpStatusCode }).toEqual({ name: 'SlowDown', status: 503 });
    const head: S3ServiceException = await client.send(new HeadBucketCommand({ Bucket: 'b' })).then(() => undefined, (reason) => reason);
    expect(head.$metadata.httpStatusCode).toBe(503);
    client.destroy();
    await s3.close();
  });
});

describe('TcpProxy', () => {
  const echo = createTcpServer((socket) => socket.on('error', () => {}).pipe(socket));
  let proxy: TcpProxy;

  beforeAll(async () => {
    echo.listen(0, '127.0.0.1');
    await once(echo, 'listening');
    proxy = await TcpProxy.to({ host: '127.0.0.1', port: portOf(echo) });
  });
  beforeEach(() => proxy.heal());
  afterAll(async () => {
    await proxy.close();
    echo.close();
  });

  const dial = async () => {
    const socket = connect(proxy.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.on('error', () => {});
    return socket;
  };
  const ask = async (socket: Awaited<ReturnType<typeof dial>>, text: string) => {
    const said = once(socket, 'data');
    socket.write(text);
    return String((await said)[0]);
  };

  it('forwards both ways, and late when told so, in order', async () => {
    const socket = await dial();
    expect(await ask(socket, 'now')).toBe('now');
    proxy.inject({ kind: 'slow', ms: 80 });
    const from = performance.now();
    expect(await ask(socket, 'later')).toBe('later');
    expect(performance.now() - from).toBeGreaterThan(75);
    socket.destroy();
  });

  it('holds everything back while it hangs, and passes it on when healed', async () => {
    const socket = await dial();
    await ask(socket, 'warm');
    proxy.inject({ kind: 'hang' });
    let heard = '';
    socket.on('data', (chunk) => (heard += chunk));
    socket.write('held');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(heard).toBe('');
    await proxy.heal();
    while (heard === '') await new Promise((resolve) => setTimeout(resolve, 5));
    expect(heard).toBe('held');
    socket.destroy();
  });

  it('answers in place of the upstream, one error for each command of a pipeline', async () => {
    proxy.inject({ kind: 'answer', answer: refusingCommands('ERR busy') });
    const socket = await dial();
    expect(await ask(socket, '*1\r\n$4\r\nPING\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n')).toBe('-ERR busy\r\n-ERR busy\r\n');
    socket.destroy();
  });

  it('loses replies, and resets every connection when told so', async () => {
    for (const kind of ['lose-replies', 'reset'] as const) {
      await proxy.heal();
      const socket = await dial();
      await ask(socket, 'warm');
      const closed = new Promise((resolve) => socket.once('close', resolve));
      proxy.inject({ kind });
      if (kind === 'lose-replies') socket.write('heard');
      await closed;
    }
  });

  it('cuts connections', async () => {
    const socket = await dial();
    await ask(socket, 'warm');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    proxy.cut();
    await closed;
    expect(await ask(await dial(), 'again')).toBe('again');
    proxy.cut();
  });
});
