import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GetObjectCommand, HeadObjectCommand, PutBucketCorsCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { BUCKET, codeOf, RunningS3 } from './s3.fixture.js';

let s3: RunningS3;
let client: S3Client;
beforeAll(async () => {
  s3 = await RunningS3.start();
  client = s3.client({ requestChecksumCalculation: 'WHEN_REQUIRED' });
});
afterAll(() => s3.stop());

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');

/** A PUT that signs type, length, condition and checksum, as our service does. */
function signPut(key: string, body: string, more: { expiresIn?: number; signingDate?: Date; client?: S3Client } = {}): Promise<string> {
  const input = { Bucket: BUCKET, Key: key, ContentType: 'text/plain', ContentLength: body.length, IfNoneMatch: '*', ChecksumSHA256: sha256(body) };
  const { client: signer = client, ...options } = more;
  return getSignedUrl(signer, new PutObjectCommand(input), {
    expiresIn: 60,
    signableHeaders: new Set(['host', 'content-type', 'content-length', 'if-none-match', 'x-amz-checksum-sha256']),
    unhoistableHeaders: new Set(['x-amz-checksum-sha256']),
    ...options,
  });
}

const headers = (body: string): Record<string, string> => ({ 'content-type': 'text/plain', 'if-none-match': '*', 'x-amz-checksum-sha256': sha256(body) });
const send = (url: string, body: string, sent = headers(body)) => fetch(url, { method: 'PUT', body, headers: sent });

describe('a presigned PUT', () => {
  it('stores exactly what was promised, once', async () => {
    const url = await signPut('exact', 'hello');
    expect((await send(url, 'hello')).status).toBe(200);
    expect(await codeOf(send(url, 'hello'))).toBe('412 PreconditionFailed');
    const head = await client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'exact', ChecksumMode: 'ENABLED' }));
    expect(head).toMatchObject({ ContentLength: 5, ContentType: 'text/plain', ChecksumSHA256: sha256('hello'), ChecksumType: 'FULL_OBJECT' });
  });

  it.each([
    ['another length', 'hello!', headers('hello'), '403 SignatureDoesNotMatch'],
    ['other bytes of that length', 'hellO', headers('hello'), '400 BadDigest'],
    ['another type', 'hello', { ...headers('hello'), 'content-type': 'text/html' }, '403 SignatureDoesNotMatch'],
    ['another checksum', 'hellO', headers('hellO'), '403 SignatureDoesNotMatch'],
    ['no condition', 'hello', { 'content-type': 'text/plain', 'x-amz-checksum-sha256': sha256('hello') }, '403 SignatureDoesNotMatch'],
    ['an unsigned x-amz header', 'hello', { ...headers('hello'), 'x-amz-meta-a': 'b' }, '403 AccessDenied'],
  ])('refuses %s and stores nothing', async (_, body, sent, answer) => {
    expect(await codeOf(send(await signPut('refused', 'hello'), body, sent))).toBe(answer);
    await expect(client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'refused' }))).rejects.toMatchObject({ name: 'NotFound' });
  });

  it('is refused after its time, before it and with a wrong key', async () => {
    const at = (ms: number) => ({ signingDate: new Date(Date.now() + ms) });
    expect(await codeOf(send(await signPut('late', 'hello', at(-61_000)), 'hello'))).toBe('403 AccessDenied');
    expect(await codeOf(send(await signPut('early', 'hello', at(16 * 60_000)), 'hello'))).toBe('403 AccessDenied');
    const stranger = s3.client({ credentials: { accessKeyId: 'stranger', secretAccessKey: 'x' } });
    expect(await codeOf(send(await signPut('foreign', 'hello', { client: stranger }), 'hello'))).toBe('403 InvalidAccessKeyId');
    const thief = s3.client({ credentials: { accessKeyId: 'suite-key', secretAccessKey: 'x' } });
    expect(await codeOf(send(await signPut('forged', 'hello', { client: thief }), 'hello'))).toBe('403 SignatureDoesNotMatch');
  });

  it('says why an expired one is refused', async () => {
    const url = await signPut('late', 'hello', { signingDate: new Date(Date.now() - 61_000) });
    expect(await (await send(url, 'hello')).text()).toContain('<Message>Request has expired</Message>');
  });

  it('is for its key only', async () => {
    const url = await signPut('mine', 'hello');
    expect(await codeOf(send(url.replace('/mine?', '/yours?'), 'hello'))).toBe('403 SignatureDoesNotMatch');
  });
});

describe('a presigned GET', () => {
  beforeAll(async () => void (await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'read', Body: '0123456789', ContentType: 'text/html' }))));

  const sign = () =>
    getSignedUrl(client, new GetObjectCommand({ Bucket: BUCKET, Key: 'read', ResponseContentType: 'application/octet-stream', ResponseContentDisposition: `attachment; filename*=UTF-8''a%20b` }));

  it('forces disposition and type, and serves ranges', async () => {
    const reply = await fetch(await sign(), { headers: { range: 'bytes=2-3' } });
    expect([reply.status, await reply.text()]).toEqual([206, '23']);
    expect(reply.headers.get('content-type')).toBe('application/octet-stream');
    expect(reply.headers.get('content-disposition')).toBe(`attachment; filename*=UTF-8''a%20b`);
  });

  it('is not a HEAD, a DELETE or a read with other headers', async () => {
    const url = await sign();
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(403);
    expect(await codeOf(fetch(url, { method: 'DELETE' }))).toBe('403 SignatureDoesNotMatch');
    expect(await codeOf(fetch(url.replace('octet-stream', 'html')))).toBe('403 SignatureDoesNotMatch');
    expect(await codeOf(fetch(s3.url('read')))).toBe('403 AccessDenied');
  });
});

describe('virtual-hosted addresses', () => {
  it('name the bucket in the host', async () => {
    const hosted = s3.client({ endpoint: s3.endpoint.replace('127.0.0.1', 'localhost'), forcePathStyle: false });
    const url = await getSignedUrl(hosted, new GetObjectCommand({ Bucket: BUCKET, Key: 'exact' }));
    expect(new URL(url).hostname).toBe(`${BUCKET}.localhost`);
    // Not every resolver knows *.localhost, but the host is only a header to the server.
    const { request } = await import('node:http');
    const status = await new Promise((resolve) => {
      const { pathname, search, host } = new URL(url);
      request(`${s3.endpoint}${pathname}${search}`, { headers: { host } }, (reply) => resolve(reply.resume().statusCode)).end();
    });
    expect(status).toBe(200);
  });
});

describe('CORS', () => {
  const origin = 'http://localhost:5173';
  beforeAll(async () => {
    const rule = { AllowedOrigins: [origin, 'https://*.example.com'], AllowedMethods: ['GET', 'PUT'], AllowedHeaders: ['content-type', 'x-amz-*'], ExposeHeaders: ['ETag'], MaxAgeSeconds: 300 };
    await client.send(new PutBucketCorsCommand({ Bucket: BUCKET, CORSConfiguration: { CORSRules: [rule] } }));
  });

  const preflight = (asked: { origin?: string; method?: string; headers?: string }) =>
    fetch(s3.url('any'), {
      method: 'OPTIONS',
      headers: {
        origin: asked.origin ?? origin,
        'access-control-request-method': asked.method ?? 'PUT',
        'access-control-request-headers': asked.headers ?? 'content-type,x-amz-checksum-sha256',
      },
    });

  it('answers a preflight by the bucket’s rules', async () => {
    const { status, headers: answer } = await preflight({});
    expect(status).toBe(200);
    expect(answer.get('access-control-allow-origin')).toBe(origin);
    expect(answer.get('access-control-allow-methods')).toBe('GET, PUT');
    expect(answer.get('access-control-allow-headers')).toBe('content-type, x-amz-checksum-sha256');
    expect(answer.get('access-control-expose-headers')).toBe('ETag');
    expect(answer.get('access-control-max-age')).toBe('300');
    expect(answer.get('vary')).toContain('Origin');
    expect((await preflight({ origin: 'https://app.example.com' })).status).toBe(200);
  });

  it.each([{ origin: 'http://evil.example' }, { method: 'DELETE' }, { headers: 'authorization' }])('refuses %j', async (asked) => {
    expect(await codeOf(preflight(asked))).toBe('403 AccessForbidden');
  });

  it('exposes the ETag to pages of allowed origins, and errors too', async () => {
    const url = await signPut('cors', 'hello');
    const stored = await send(url, 'hello', { ...headers('hello'), origin });
    expect([stored.headers.get('access-control-allow-origin'), stored.headers.get('access-control-expose-headers')]).toEqual([origin, 'ETag']);
    const refused = await send(url, 'hello', { ...headers('hello'), origin });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([412, origin]);
    const stranger = await send(url, 'hello', { ...headers('hello'), origin: 'http://evil.example' });
    expect(stranger.headers.get('access-control-allow-origin')).toBeNull();
  });
});
