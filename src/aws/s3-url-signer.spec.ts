import { GetObjectCommand, PutObjectCommand, S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { describe, expect, it } from '@jest/globals';
import { S3UrlSigner, type S3Target } from './s3-url-signer.js';
import type { Credentials } from './signing-key.js';

const NOW = Date.parse('2026-03-04T05:06:07.890Z');
const plain: Credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const temporary: Credentials = { ...plain, sessionToken: 'to/ken+with==' };
const targets: [string, S3Target][] = [
  ["the bucket's own host", { region: 'eu-central-1', bucket: 'a-bucket' }],
  ['a path under an endpoint', { region: 'us-east-1', bucket: 'a-bucket', endpoint: 'http://127.0.0.1:9000' }],
];

const sdkFor = ({ region, endpoint }: S3Target, credentials: Credentials) =>
  new S3Client({ region, credentials, requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED', ...(endpoint && { endpoint, forcePathStyle: true }) });

const signerFor = (target: S3Target, credentials: Credentials) => new S3UrlSigner(target, async () => credentials, () => NOW);

/** Host, path and parameters: the order of parameters is no part of the signature. */
const partsOf = (url: string) => {
  const { origin, pathname, searchParams } = new URL(url);
  searchParams.delete('x-id');
  return { origin, pathname, parameters: Object.fromEntries(searchParams) };
};

/** Without `x-id`, which the SDK adds to name its operation. */
async function bySdk(target: S3Target, credentials: Credentials, command: GetObjectCommand, signableHeaders: string[] = [], unhoistable: string[] = []) {
  const client = sdkFor(target, credentials);
  client.middlewareStack.add(
    (next) => (args) => {
      const { request } = args as { request: { query: Record<string, string> } };
      delete request.query['x-id'];
      return next(args);
    },
    { step: 'build', priority: 'low' },
  );
  const options = { expiresIn: 900, signingDate: new Date(NOW), signableHeaders: new Set(['host', ...signableHeaders]), unhoistableHeaders: new Set(unhoistable) };
  return getSignedUrl(client, command, options);
}

describe.each(targets)('a URL signed for %s', (_, target) => {
  const Bucket = target.bucket;

  it.each([['long-lived', plain], ['temporary', temporary]])('is what the SDK signs for a download, with %s credentials', async (_kind, credentials) => {
    const disposition = `attachment; filename="a b_.pdf"; filename*=UTF-8''%C3%9C%20(1)%27.pdf`;
    const command = new GetObjectCommand({ Bucket, Key: "d/a b+ü'(1)*!~/x", ResponseContentDisposition: disposition, ResponseContentType: 'text/plain; charset=utf-8' });
    const [ours] = await signerFor(target, credentials).sign([
      {
        method: 'GET',
        key: "d/a b+ü'(1)*!~/x",
        query: { 'response-content-disposition': disposition, 'response-content-type': 'text/plain; charset=utf-8' },
        seconds: 900,
      },
    ]);
    expect(partsOf(ours!.url)).toEqual(partsOf(await bySdk(target, credentials, command)));
  });

  it('is what the SDK signs for an upload of exact bytes', async () => {
    const checksum = 'LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm564=';
    const command = new PutObjectCommand({ Bucket, Key: 'k', ContentType: 'text/plain', ContentLength: 3, IfNoneMatch: '*', ChecksumSHA256: checksum });
    const signed = ['content-type', 'content-length', 'if-none-match', 'x-amz-checksum-sha256'];
    const sdks = await bySdk(target, plain, command as never, signed, ['x-amz-checksum-sha256', 'if-none-match']);
    const headers = { 'content-type': 'text/plain', 'content-length': '3', 'if-none-match': '*', 'x-amz-checksum-sha256': checksum };
    const [ours] = await signerFor(target, plain).sign([{ method: 'PUT', key: 'k', headers, seconds: 900 }]);
    expect(partsOf(ours!.url)).toEqual(partsOf(sdks));
  });

  it('is what the SDK signs for a part', async () => {
    const command = new UploadPartCommand({ Bucket, Key: 'k', PartNumber: 7, UploadId: 'a/b+c=' });
    const [ours] = await signerFor(target, plain).sign([{ method: 'PUT', key: 'k', query: { partNumber: '7', uploadId: 'a/b+c=' }, seconds: 900 }]);
    expect(partsOf(ours!.url)).toEqual(partsOf(await bySdk(target, plain, command as never)));
  });
});

describe('the life of a signed URL', () => {
  const [, [, target]] = targets as [unknown, [string, S3Target]];
  const request = { method: 'GET' as const, key: 'k', seconds: 900 };

  it('is what was asked for', async () => {
    const [signed] = await signerFor(target, plain).sign([request]);
    expect(new Date(signed!.expiresAt).toISOString()).toBe('2026-03-04T05:21:07.000Z');
  });

  it('ends no later than the credentials, and says so', async () => {
    const [signed] = await signerFor(target, { ...temporary, expiration: new Date(NOW + 60_000) }).sign([request]);
    expect(new URL(signed!.url).searchParams.get('X-Amz-Expires')).toBe('60');
    expect(new Date(signed!.expiresAt).toISOString()).toBe('2026-03-04T05:07:07.000Z');
  });

  it('follows credentials that change', async () => {
    let credentials = plain;
    const signer = new S3UrlSigner(target, async () => credentials, () => NOW);
    const signatureOf = async () => new URL((await signer.sign([request]))[0]!.url).searchParams.get('X-Amz-Signature');
    const before = await signatureOf();
    credentials = { ...plain, secretAccessKey: 'rotated' };
    expect(await signatureOf()).not.toBe(before);
    expect(await signatureOf()).toBe(new URL((await signerFor(target, credentials).sign([request]))[0]!.url).searchParams.get('X-Amz-Signature'));
  });
});
