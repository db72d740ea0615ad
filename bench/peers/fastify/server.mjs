// What a good engineer writes by hand on Fastify for the same routes, tables and bucket. WORK=equal checks sign-outs, counts
// requests in Redis and logs a line for each, as the service does; WORK=bare does none of the three.
import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateMultipartUploadCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import rateLimit from '@fastify/rate-limit';
import { JwtRsaVerifier } from 'aws-jwt-verify';
import Fastify from 'fastify';
import { Redis } from 'iovalkey';
import { document, documentPage, profile, profileInput, profilePatch, documentInput } from './schemas.mjs';

const env = process.env;
const isEqual = env.WORK !== 'bare';
const TTL_SECONDS = 300;
const PART = 64 * 2 ** 20;

const db = DynamoDBDocumentClient.from(new DynamoDBClient({ region: env.AWS_REGION }), { marshallOptions: { removeUndefinedValues: true } });
const s3 = new S3Client({ region: env.AWS_REGION, forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' });
const redis = new Redis(env.CACHE_URL, { enableAutoPipelining: true, maxRetriesPerRequest: 0 });

const verifier = JwtRsaVerifier.create({
  issuer: env.COGNITO_ISSUER,
  audience: null,
  jwksUri: 'https://never.asked/jwks.json',
  customJwtCheck: ({ payload }) => {
    if (payload.token_use !== 'access' || payload.client_id !== env.COGNITO_CLIENT_ID) throw new Error('not an access token of this client');
  },
});
// It refuses plain http, which only the embedded pool speaks.
verifier.cacheJwks(await (await fetch(env.COGNITO_JWKS_URI)).json());

const server = Fastify({
  logger: isEqual ? { level: 'info', base: null } : false,
  disableRequestLogging: true,
  keepAliveTimeout: 70_000,
  bodyLimit: 65_536,
  ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
});
const problem = (reply, status, detail) => reply.code(status).type('application/problem+json').send({ type: `/problems/${status}`, title: detail, status, detail });

server.decorateRequest('userId', '');
server.addHook('onRequest', async (request, reply) => {
  const token = request.headers.authorization?.slice('Bearer '.length);
  try {
    const { sub } = await verifier.verify(token ?? '');
    request.userId = sub;
  } catch {
    return problem(reply, 401, 'Send a valid access token.');
  }
  if (isEqual && (await redis.exists(`signed-out:${request.userId}`))) return problem(reply, 401, 'Signed out.');
});
if (isEqual) {
  await server.register(rateLimit, {
    hook: 'preHandler', global: true, max: 10_000_000, timeWindow: 60_000, redis, nameSpace: 'peer-limit:', keyGenerator: ({ userId }) => userId, enableDraftSpec: true,
  });
  server.addHook('onResponse', (request, reply, done) => {
    request.log.info({ method: request.method, route: request.routeOptions.url, status: reply.statusCode, ms: reply.elapsedTime, userId: request.userId });
    done();
  });
}

const profileKey = (userId) => `peer-profile:${userId}`;
const tagOf = ({ version }) => `"${version}"`;

async function readProfile(userId) {
  const cached = await redis.get(profileKey(userId));
  if (cached !== null) return JSON.parse(cached);
  const { Item } = await db.send(new GetCommand({ TableName: env.PROFILES_TABLE, Key: { userId }, ConsistentRead: true }));
  if (Item) await redis.set(profileKey(userId), JSON.stringify(Item), 'EX', TTL_SECONDS);
  return Item;
}

server.get('/v1/profiles/me', { schema: { response: { 200: profile } } }, async (request, reply) => {
  const own = await readProfile(request.userId);
  if (!own) return problem(reply, 404, 'There is no such profile.');
  const etag = tagOf(own);
  reply.header('etag', etag).header('cache-control', 'private, no-cache');
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  return own;
});

server.put('/v1/profiles/me', { schema: { body: profileInput, response: { 201: profile } } }, async (request, reply) => {
  const now = new Date().toISOString();
  const own = { userId: request.userId, ...request.body, version: 1, createdAt: now, updatedAt: now };
  await db.send(new PutCommand({ TableName: env.PROFILES_TABLE, Item: own }));
  await redis.del(profileKey(request.userId));
  return reply.code(201).header('etag', tagOf(own)).send(own);
});

server.patch('/v1/profiles/me', { schema: { body: profilePatch, response: { 200: profile } } }, async (request, reply) => {
  const own = await readProfile(request.userId);
  if (!own) return problem(reply, 404, 'There is no such profile.');
  if (request.headers['if-match'] !== tagOf(own)) return problem(reply, 412, 'The profile has changed.');
  const next = { ...own, ...request.body, version: own.version + 1, updatedAt: new Date().toISOString() };
  await db.send(new PutCommand({ TableName: env.PROFILES_TABLE, Item: next, ConditionExpression: 'version = :v', ExpressionAttributeValues: { ':v': own.version } }));
  await redis.del(profileKey(request.userId));
  return reply.header('etag', tagOf(next)).send(next);
});

const keyOf = (userId, id) => ({ pk: userId, sk: `D#${id}` });
const objectKey = (userId, id) => `documents/${userId}/${id}/1`;
const shown = ({ pk: _pk, sk: _sk, liveId: _live, uploadId: _upload, ...item }) => item;
const find = async (userId, id) => (await db.send(new GetCommand({ TableName: env.DOCUMENTS_TABLE, Key: keyOf(userId, id), ConsistentRead: true }))).Item;

server.post('/v1/documents', { schema: { body: documentInput } }, async (request, reply) => {
  const { userId } = request;
  const { name, contentType, size } = request.body;
  const id = randomUUID();
  const now = new Date().toISOString();
  const object = { Bucket: env.DOCUMENTS_BUCKET, Key: objectKey(userId, id) };
  const isSingle = size <= PART;
  const { UploadId: uploadId } = isSingle ? {} : await s3.send(new CreateMultipartUploadCommand({ ...object, ContentType: contentType }));
  const item = { ...keyOf(userId, id), liveId: id, id, name, contentType, size, tags: [], status: 'pending', version: 1, createdAt: now, updatedAt: now, uploadId };
  await db.send(new TransactWriteCommand({ TransactItems: [
    { Put: { TableName: env.DOCUMENTS_TABLE, Item: item, ConditionExpression: 'attribute_not_exists(pk)' } },
    { Update: { TableName: env.DOCUMENTS_TABLE, Key: { pk: userId, sk: 'USAGE' }, UpdateExpression: 'ADD pendingUploads :one', ExpressionAttributeValues: { ':one': 1 } } },
  ] }));
  const upload = isSingle
    ? { strategy: 'single', method: 'PUT', headers: { 'content-type': contentType, 'if-none-match': '*' },
        url: await getSignedUrl(s3, new PutObjectCommand({ ...object, ContentType: contentType, ContentLength: size, IfNoneMatch: '*' }), { expiresIn: 900, signableHeaders: new Set(['content-type', 'content-length', 'if-none-match']), unhoistableHeaders: new Set(['if-none-match']) }) }
    : { strategy: 'multipart', partSize: PART, partCount: Math.ceil(size / PART) };
  return reply.code(201).header('etag', tagOf(item)).header('location', `/v1/documents/${id}`).send({ document: shown(item), upload });
});

server.post('/v1/documents/:id/upload/complete', { schema: { response: { 200: document } } }, async (request, reply) => {
  const item = await find(request.userId, request.params.id);
  if (!item) return problem(reply, 404, 'There is no such document.');
  const head = await s3.send(new HeadObjectCommand({ Bucket: env.DOCUMENTS_BUCKET, Key: objectKey(request.userId, item.id) }));
  if (head.ContentLength !== item.size) return problem(reply, 422, 'The upload differs.');
  const { Attributes } = await db.send(new UpdateCommand({ TableName: env.DOCUMENTS_TABLE, Key: keyOf(request.userId, item.id), UpdateExpression: 'SET #s = :ready ADD version :one', ExpressionAttributeNames: { '#s': 'status' }, ExpressionAttributeValues: { ':ready': 'ready', ':one': 1 }, ReturnValues: 'ALL_NEW' }));
  return shown(Attributes);
});

server.get('/v1/documents', { schema: { response: { 200: documentPage } } }, async (request) => {
  const { Items = [] } = await db.send(new QueryCommand({
    TableName: env.DOCUMENTS_TABLE, IndexName: 'live', KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': request.userId },
    ScanIndexForward: false, Limit: Number(request.query.limit ?? 50),
  }));
  return { items: Items.map(shown) };
});

server.get('/v1/documents/:id/download', async (request, reply) => {
  const item = await find(request.userId, request.params.id);
  if (item?.status !== 'ready') return problem(reply, 404, 'There is no such document.');
  const command = new GetObjectCommand({
    Bucket: env.DOCUMENTS_BUCKET, Key: objectKey(request.userId, item.id), ResponseContentType: item.contentType,
    ResponseContentDisposition: `attachment; filename*=UTF-8''${encodeURIComponent(item.name)}`,
  });
  return { url: await getSignedUrl(s3, command, { expiresIn: 300 }), expiresAt: new Date(Date.now() + 300_000).toISOString() };
});

server.post('/v1/documents/:id/upload/parts', async (request, reply) => {
  const item = await find(request.userId, request.params.id);
  if (!item?.uploadId) return problem(reply, 404, 'There is no such upload.');
  const { partNumbers } = request.body;
  const parts = await Promise.all(partNumbers.map(async (partNumber) => {
    const command = new UploadPartCommand({ Bucket: env.DOCUMENTS_BUCKET, Key: objectKey(request.userId, item.id), UploadId: item.uploadId, PartNumber: partNumber });
    return { partNumber, url: await getSignedUrl(s3, command, { expiresIn: 900 }), headers: {} };
  }));
  return { parts };
});

await server.listen({ port: Number(env.PORT), host: '127.0.0.1' });
process.on('SIGTERM', () => void server.close().then(() => process.exit(0)));
