import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { ConditionalCheckFailedException, DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, paginateQuery, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SignatureV4 } from '@smithy/signature-v4';
import { DependencyGate } from './dependency-gate.js';
import { DEPENDENCIES } from './clients.js';
import { DirectDocumentClient, signedHeaders } from './direct-document-client.js';
import { Retries } from './retries.js';
import { SigningKey, type Credentials } from './signing-key.js';

/** The SDK's idea of a hash: keyed when it is given a secret. */
class Sha256 {
  private readonly hash: Hash | Hmac;
  constructor(secret?: Uint8Array) {
    this.hash = secret ? createHmac('sha256', secret) : createHash('sha256');
  }
  update = (data: Uint8Array) => void this.hash.update(data);
  digest = async () => Uint8Array.from(this.hash.digest());
}

const plain: Credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };

it.each([['long-lived', plain], ['temporary', { ...plain, sessionToken: 'to/ken+with==' }]])('signs requests as the SDK does, with %s credentials', async (_, credentials) => {
  const [at, body] = [Date.parse('2026-03-04T05:06:07.890Z'), '{"TableName":"tä"}'];
  const target = { host: 'dynamodb.eu-central-1.amazonaws.com', path: '/', key: new SigningKey('eu-central-1', 'dynamodb') };
  const { authorization, ...headers } = signedHeaders(target, credentials, 'DynamoDB_20120810.GetItem', body, at);
  const signer = new SignatureV4({ region: 'eu-central-1', service: 'dynamodb', credentials, sha256: Sha256 as never, applyChecksum: false });
  const request = { method: 'POST', protocol: 'https:', hostname: target.host, path: '/', headers, body };
  const signed = await signer.sign(request, { signingDate: new Date(at) });
  expect(authorization).toBe(signed.headers['authorization']);
});

describe('the direct document client', () => {
  let server: Server;
  let answers: { status: number; body: object }[];
  let seen: { target: unknown; body: unknown }[];
  let callIds: unknown[];
  let db: DynamoDBDocumentClient;

  beforeEach(async () => {
    [answers, seen, callIds] = [[], [], []];
    server = createServer((request, response) => {
      void textOf(request).then((text) => {
        callIds.push(request.headers['amz-sdk-invocation-id']);
        seen.push({ target: request.headers['x-amz-target'], body: JSON.parse(text) as unknown });
        const { status, body } = answers.shift() ?? { status: 200, body: {} };
        response.writeHead(status).end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = new DynamoDBClient({ region: 'eu-central-1', credentials: plain, endpoint });
    db = new DirectDocumentClient(client, new DependencyGate(DEPENDENCIES.dynamodb), new Retries(1), { connections: 5, connectMs: 500, silenceMs: 1_000 });
  });
  afterEach(() => {
    db.destroy();
    server.closeAllConnections();
    server.close();
  });

  const textOf = async (request: IncomingMessage) => Buffer.concat(await request.toArray()).toString();
  const get = () => db.send(new GetCommand({ TableName: 't', Key: { id: 'a' } }));
  const failure = (status: number, type: string, more: object = {}) => answers.push({ status, body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, ...more } });

  it('sends a command and gives back what the SDK would', async () => {
    answers.push({ status: 200, body: { Item: { id: { S: 'a' }, n: { N: '1' } } } });
    expect(await get()).toEqual({ Item: { id: 'a', n: 1 }, $metadata: { httpStatusCode: 200, attempts: 1 } });
    expect(seen).toEqual([{ target: 'DynamoDB_20120810.GetItem', body: { TableName: 't', Key: { id: { S: 'a' } } } }]);
  });

  it('works with the SDK\'s paginators', async () => {
    answers.push({ status: 200, body: { Items: [{ id: { S: 'a' } }], LastEvaluatedKey: { id: { S: 'a' } } } }, { status: 200, body: { Items: [{ id: { S: 'b' } }] } });
    const items: unknown[] = [];
    for await (const page of paginateQuery({ client: db }, { TableName: 't' })) items.push(...(page.Items ?? []));
    expect(items).toEqual([{ id: 'a' }, { id: 'b' }]);
    expect(db).toBeInstanceOf(DynamoDBDocumentClient);
  });

  it('rejects with the SDK\'s exceptions', async () => {
    const Item = { writeId: { S: 'w' } };
    failure(400, 'ConditionalCheckFailedException', { message: 'no', Item });
    const put = db.send(new PutCommand({ TableName: 't', Item: { id: 'a' } }));
    await expect(put).rejects.toBeInstanceOf(ConditionalCheckFailedException);
    await expect(put).rejects.toMatchObject({ name: 'ConditionalCheckFailedException', message: 'no', Item, $fault: 'client', $metadata: { httpStatusCode: 400, attempts: 1 } });
    const CancellationReasons = [{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Item }];
    failure(400, 'TransactionCanceledException', { Message: 'cancelled', CancellationReasons });
    const transaction = db.send(new TransactWriteCommand({ TransactItems: [] }));
    await expect(transaction).rejects.toBeInstanceOf(TransactionCanceledException);
    await expect(transaction).rejects.toMatchObject({ message: 'cancelled', CancellationReasons });
    failure(400, 'ResourceNotFoundException');
    await expect(get()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    expect(seen).toHaveLength(3);
  });

  it.each([[400, 'ThrottlingException'], [400, 'ProvisionedThroughputExceededException'], [500, 'InternalServerError'], [503, 'ServiceUnavailable']])('tries again after %i %s, three times in all', async (status, type) => {
    failure(status, type);
    expect((await get()).$metadata.attempts).toBe(2);
    for (let nth = 0; nth < 3; nth += 1) failure(status, type);
    await expect(get()).rejects.toMatchObject({ name: type, $metadata: { attempts: 3 } });
    expect(callIds.map((id) => callIds.indexOf(id))).toEqual([0, 0, 2, 2, 2]);
    expect(seen).toHaveLength(5);
  });

  it('calls middleware once per command, or per attempt, as its step says, whenever it was added', async () => {
    await get();
    const calls: string[] = [];
    db.middlewareStack.add((next, { commandName }) => (args) => (calls.push(`command ${commandName}`), next(args)), { step: 'initialize' });
    db.middlewareStack.add((next) => (args) => (calls.push('attempt'), next(args)), { step: 'deserialize' });
    failure(500, 'InternalServerError');
    await get();
    expect(calls).toEqual(['command GetItemCommand', 'attempt', 'attempt']);
  });
});
