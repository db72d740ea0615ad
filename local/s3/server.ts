import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { readdir, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AwsError, verifySignature, type Credentials } from '../sigv4.js';
import { getCors, listObjects, listUploads, putCors } from './bucket-operations.js';
import type { Call } from './call.js';
import { preflight, setCors } from './cors.js';
import { abortUpload, completeUpload, createUpload, listParts, uploadPart } from './multipart-operations.js';
import { copyObject, deleteObject, deleteObjects, getObject, putObject, tagging } from './object-operations.js';
import { Bucket } from './objects.js';
import { escapeXml } from './xml.js';

type Operation = (call: Call) => void | Promise<void>;

const unsupported: Operation = () => {
  throw new AwsError(501, 'NotImplemented', 'The embedded S3 does not offer this operation.');
};

/** The operation that a method and the query's sub-resource name, for a bucket and for an object. */
function operationOf(method: string, query: URLSearchParams, key: string, headers: IncomingMessage['headers']): Operation {
  const has = (name: string) => query.has(name);
  if (key === '') {
    if (has('cors')) return method === 'PUT' ? putCors : method === 'GET' ? getCors : unsupported;
    if (has('uploads') && method === 'GET') return listUploads;
    if (has('delete') && method === 'POST') return deleteObjects;
    if (method === 'HEAD') return ({ response }) => void response.writeHead(200).end();
    return method === 'GET' ? listObjects : unsupported;
  }
  if (has('tagging')) return tagging;
  if (has('uploads')) return method === 'POST' ? createUpload : unsupported;
  if (has('uploadId')) {
    return { PUT: uploadPart, GET: listParts, DELETE: abortUpload, POST: completeUpload }[method] ?? unsupported;
  }
  if (method === 'PUT') return headers['x-amz-copy-source'] === undefined ? putObject : copyObject;
  return { GET: getObject, HEAD: getObject, DELETE: deleteObject }[method] ?? unsupported;
}

/**
 * Amazon S3's REST protocol over a folder: signatures, expiry, signed headers, checksums and conditions are enforced as S3
 * enforces them, so that a request that S3 would refuse is refused here.
 * Source: Amazon S3 API Reference (2006-03-01).
 */
export async function s3Server(dataDir: string, credentials: Credentials): Promise<Server> {
  const root = join(dataDir, 's3');
  await mkdir(root, { recursive: true });
  const buckets = new Map<string, Bucket>();
  for (const name of await readdir(root)) buckets.set(name, await Bucket.open(join(root, name)));

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://host');
    const { bucketName, key } = target(request, url);
    const bucket = buckets.get(bucketName);
    if (bucket) setCors(bucket.cors, request, response);
    if (request.method === 'OPTIONS') return preflight(bucket?.cors ?? [], request, response);
    const verified = verifySignature(request, 's3', credentials);
    if (!bucket) {
      if (request.method === 'PUT' && key === '') {
        buckets.set(bucketName, await Bucket.open(join(root, bucketName)));
        return void response.writeHead(200, { location: `/${bucketName}` }).end();
      }
      throw new AwsError(404, 'NoSuchBucket', 'The specified bucket does not exist');
    }
    const isCreate = request.method === 'PUT' && key === '' && [...url.searchParams.keys()].every((name) => name === 'x-id');
    if (isCreate) throw new AwsError(409, 'BucketAlreadyOwnedByYou', 'Your previous request to create the named bucket succeeded and you already own it.');
    const operation = operationOf(request.method ?? '', url.searchParams, key, request.headers);
    await operation({ request, response, query: url.searchParams, verified, bucket, bucketName, key });
  };

  const server = createServer((request, response) => {
    response.setHeader('x-amz-request-id', randomUUID());
    response.setHeader('server', 'stateless-local-s3');
    handle(request, response).catch((error: unknown) => refuse(request, response, error));
  });
  server.requestTimeout = 0;
  return server;
}

/** Path style (`/bucket/key`) and virtual-hosted style (`bucket.localhost/key`). */
function target(request: IncomingMessage, url: URL): { bucketName: string; key: string } {
  const [, hosted] = /^([a-z0-9.-]+)\.localhost(?::\d+)?$/.exec(request.headers.host ?? '') ?? [];
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const [first = '', ...rest] = path.slice(1).split('/');
  const [bucket, key] = hosted ? [hosted, path.slice(1)] : [first, rest.join('/')];
  try {
    return { bucketName: decodeURIComponent(bucket), key: decodeURIComponent(key) };
  } catch {
    throw new AwsError(400, 'InvalidURI', `Couldn't parse the specified URI ${url.pathname}.`);
  }
}

function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  const failure = error instanceof AwsError ? error : new AwsError(500, 'InternalError', 'We encountered an internal error. Please try again.');
  if (failure.status === 500 && !request.destroyed) console.error('embedded S3:', error);
  // A request that was read to its end counts as destroyed, too: what matters is the connection.
  if (response.headersSent || request.socket.destroyed) return void response.destroy();
  // The rest of a refused body is not read: the connection cannot be used again.
  if (!request.complete) response.setHeader('connection', 'close');
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${failure.code}</Code><Message>${escapeXml(failure.message)}</Message><Resource>${escapeXml((request.url ?? '').split('?', 1)[0])}</Resource><RequestId>${String(response.getHeader('x-amz-request-id'))}</RequestId></Error>`;
  response.writeHead(failure.status, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(body) });
  response.end(request.method === 'HEAD' ? undefined : body);
  request.resume();
}

