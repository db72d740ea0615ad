import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { freePort } from '../../local/processes.js';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Budget } from '../resilience/budget.js';
import { HttpPool } from './http-pool.js';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

describe('a pool of connections', () => {
  let server: Server;
  let answer: Answer;
  let sockets: number;
  let requests: number;
  let pool: HttpPool;

  beforeEach(async () => {
    [sockets, requests] = [0, 0];
    answer = (_, response) => response.end('{}');
    server = createServer((request, response) => {
      requests += 1;
      answer(request, response);
    });
    server.on('connection', () => (sockets += 1));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    pool = poolTo((server.address() as AddressInfo).port);
  });
  afterEach(() => {
    pool.destroy();
    server.closeAllConnections();
    server.close();
  });

  const poolTo = (port: number, connections = 10) => new HttpPool(`http://127.0.0.1:${port}`, { connections, connectMs: 300, silenceMs: 200 });
  const post = (allowedMs = 5_000, budget?: Budget, body = '{"a":1}') => pool.post('/', { 'x-a': 'b' }, body, allowedMs, budget);

  it('sends path, headers and body, and reads all of the answer', async () => {
    answer = (request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk)).on('end', () => {
        response.writeHead(400).write(`${request.method} ${String(request.headers['x-a'])} `);
        response.end(`ü${body}`);
      });
    };
    expect(await post(5_000, undefined, 'ö')).toEqual({ status: 400, body: 'POST b üö' });
  });

  it('uses a connection again', async () => {
    await post();
    await new Promise(setImmediate);
    await post();
    expect([sockets, requests]).toEqual([1, 2]);
  });

  it('gives up an answer that does not come in time, and the connection with it', async () => {
    let closed = false;
    answer = ({ socket }) => socket.on('close', () => (closed = true));
    await expect(post(100)).rejects.toMatchObject({ name: 'TimeoutError' });
    while (!closed) await new Promise(setImmediate);
    answer = (_, response) => response.end('{}');
    expect((await post()).status).toBe(200);
  });

  it('gives up an answer whose rest does not come', async () => {
    answer = (_, response) => void response.writeHead(200, { 'content-length': '10' }).write('{');
    await expect(post()).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('stops with the budget of its request', async () => {
    answer = () => undefined;
    const budget = new Budget(10_000);
    const call = post(5_000, budget);
    setTimeout(() => budget.end(), 50);
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('never sends what ended while it waited for a connection', async () => {
    pool.destroy();
    pool = poolTo((server.address() as AddressInfo).port, 1);
    const held: ServerResponse[] = [];
    answer = (_, response) => held.push(response);
    const first = post();
    await expect(post(100)).rejects.toMatchObject({ name: 'TimeoutError' });
    held[0]?.end('{}');
    expect((await first).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(requests).toBe(1);
  });

  it('tells of a connection that was refused or reset', async () => {
    const nobody = poolTo(await freePort());
    await expect(nobody.post('/', {}, '{}', 1_000)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    nobody.destroy();
    answer = ({ socket }) => socket.destroy();
    await expect(post()).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
  });
});
