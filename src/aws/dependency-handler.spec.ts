import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { GetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Config } from '../config/config.js';
import { toAppError } from '../common/problem.js';
import { Budget, detached, withBudget } from '../resilience/budget.js';
import { DEPENDENCIES, dynamoDb } from './clients.js';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const empty: Answer = (_, response) => void response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
const hang: Answer = () => undefined;
const refuse = (status: number, type: string): Answer => (_, response) =>
  void response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify({ __type: type, message: '' }));
const throttle = refuse(400, 'com.amazonaws.dynamodb.v20120810#ThrottlingException');

jest.setTimeout(60_000);

describe('calls to a dependency', () => {
  let server: Server;
  let answer: Answer;
  let attempts: number;
  let open: number;
  let db: DynamoDBDocumentClient;
  const before = { ...process.env };

  beforeEach(async () => {
    attempts = 0;
    open = 0;
    server = createServer((request, response) => {
      attempts += 1;
      open += 1;
      response.on('close', () => (open -= 1));
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    Object.assign(process.env, {
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    });
    db = dynamoDb({ AWS_REGION: 'us-east-1' } as Config);
  });
  afterEach(() => {
    db.destroy();
    server.closeAllConnections();
    server.close();
    process.env = before;
  });

  const read = () => db.send(new GetCommand({ TableName: 't', Key: { id: '1' } }));
  const outcome = (call: Promise<unknown>) => call.then(() => 200, (error: unknown) => toAppError(error).status);

  it('that hangs cost a request less than its patience, whatever the number of calls', async () => {
    answer = hang;
    const began = performance.now();
    const statuses = await withBudget(new Budget(2_500), async () => [await outcome(read()), await outcome(read()), await outcome(read())]);
    expect(statuses).toEqual([503, 503, 503]);
    expect(performance.now() - began).toBeGreaterThan(DEPENDENCIES.dynamodb.attemptMs);
    // Three attempts, then what is left of the patience, then nothing.
    expect(attempts).toBeLessThanOrEqual(5);
  });

  it('are stopped, and none begins, when the budget ends', async () => {
    answer = hang;
    const budget = new Budget(10_000);
    const call = withBudget(budget, () => outcome(read()));
    while (attempts === 0) await new Promise(setImmediate);
    budget.end();
    expect(await call).toBe(503);
    while (open > 0) await new Promise(setImmediate);
    expect(await withBudget(budget, () => outcome(read()))).toBe(503);
    expect(attempts).toBe(1);
  });

  it('go on when they were detached from the request that began them', async () => {
    answer = empty;
    const budget = new Budget(10_000);
    budget.end();
    expect(await withBudget(budget, () => detached(() => outcome(read())))).toBe(200);
  });

  it.each([
    ['throttled', throttle],
    ['failing', refuse(500, 'com.amazonaws.dynamodb.v20120810#InternalServerError')],
  ])('of which 20 %% are %s make at most 1.3 attempts each', async (_, failure) => {
    let count = 0;
    answer = (...exchange) => ((count += 1) % 5 === 0 ? failure : empty)(...exchange);
    const calls = 100;
    const statuses: number[] = [];
    for (let i = 0; i < calls; i += 25) statuses.push(...(await Promise.all(Array.from({ length: 25 }, () => outcome(read())))));
    expect(attempts / calls).toBeLessThanOrEqual(1.3);
    expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(calls * 0.9);
  });

  it('that all fail stop being tried again when the quota is used up', async () => {
    answer = throttle;
    const calls = 100;
    await Promise.all(Array.from({ length: calls }, () => outcome(read())));
    // 500 tokens, 5 for each retry: 100 retries at most.
    expect(attempts).toBeLessThanOrEqual(calls + 100);
  });

  it('that find every place taken are refused and not tried again', async () => {
    answer = hang;
    const { concurrent, waiting } = DEPENDENCIES.dynamodb;
    const budget = new Budget(10_000);
    const calls = Array.from({ length: concurrent + waiting + 20 }, () => withBudget(budget, () => outcome(read())));
    const first = await Promise.race(calls);
    expect(first).toBe(503);
    expect(attempts).toBeLessThanOrEqual(concurrent);
    budget.end();
    expect(new Set(await Promise.all(calls))).toEqual(new Set([503]));
  });
});
