import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { verifySignature } from './sigv4.js';

/** The requests and signatures that AWS prints in the Amazon S3 API Reference, "Authenticating Requests". */
const CREDENTIALS = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', region: 'us-east-1' };
const HOST = 'examplebucket.s3.amazonaws.com';
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const PRESIGNED =
  '/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request' +
  '&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404';

const authorization = (signedHeaders: string, signature: string): string =>
  `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=${signedHeaders},Signature=${signature}`;

const listing = {
  host: HOST,
  'x-amz-content-sha256': EMPTY,
  'x-amz-date': '20130524T000000Z',
  authorization: authorization('host;x-amz-content-sha256;x-amz-date', '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7'),
};

const verify = (url: string, headers: Record<string, string>, method = 'GET') =>
  verifySignature({ method, url, headers } as unknown as IncomingMessage, 's3', CREDENTIALS);

describe('AWS Signature Version 4', () => {
  beforeEach(() => void jest.spyOn(Date, 'now').mockReturnValue(Date.UTC(2013, 4, 24, 0, 1)));
  afterEach(() => void jest.restoreAllMocks());

  it('accepts AWS’s own example of a GET with a range', () => {
    const signature = 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41';
    const headers = { ...listing, range: 'bytes=0-9', authorization: authorization('host;range;x-amz-content-sha256;x-amz-date', signature) };
    expect(verify('/test.txt', headers).signature).toBe(signature);
  });

  it('accepts AWS’s own example of a listing with a query', () => {
    expect(verify('/?max-keys=2&prefix=J', listing).payloadHash).toBe(EMPTY);
  });

  it('accepts AWS’s own example of a presigned URL', () => {
    expect(verify(PRESIGNED, { host: HOST }).payloadHash).toBe('UNSIGNED-PAYLOAD');
  });

  it.each([
    ['another path', PRESIGNED.replace('test.txt', 'best.txt'), { host: HOST }, 'SignatureDoesNotMatch'],
    ['another host', PRESIGNED, { host: 'other.s3.amazonaws.com' }, 'SignatureDoesNotMatch'],
    ['a longer life', PRESIGNED.replace('86400', '86401'), { host: HOST }, 'SignatureDoesNotMatch'],
    ['one more parameter', `${PRESIGNED}&response-content-type=text/html`, { host: HOST }, 'SignatureDoesNotMatch'],
    ['an unknown key', PRESIGNED.replace('AKIA', 'BKIA'), { host: HOST }, 'InvalidAccessKeyId'],
    ['another region', PRESIGNED.replace('us-east-1', 'eu-west-1'), { host: HOST }, 'AuthorizationHeaderMalformed'],
    ['another service', PRESIGNED.replace('%2Fs3%2F', '%2Fsqs%2F'), { host: HOST }, 'AuthorizationQueryParametersError'],
    ['more than a week', PRESIGNED.replace('86400', '604801'), { host: HOST }, 'AuthorizationQueryParametersError'],
    ['no date', PRESIGNED.replace('X-Amz-Date', 'X-Amz-Dat'), { host: HOST }, 'AuthorizationQueryParametersError'],
    ['an unsigned x-amz header', PRESIGNED, { host: HOST, 'x-amz-acl': 'public-read' }, 'AccessDenied'],
    ['no signature', '/test.txt', { host: HOST }, 'AccessDenied'],
    ['another scheme', '/test.txt', { host: HOST, authorization: 'Bearer abc' }, 'AuthorizationHeaderMalformed'],
    ['no payload hash', '/test.txt', { host: HOST, 'x-amz-date': listing['x-amz-date'], authorization: listing.authorization }, 'InvalidRequest'],
    ['another payload hash', '/?max-keys=2&prefix=J', { ...listing, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }, 'SignatureDoesNotMatch'],
  ])('refuses %s', (_, url, headers, code) => {
    expect(() => verify(url, headers)).toThrow(expect.objectContaining({ code }));
  });

  it('refuses another method', () => {
    expect(() => verify(PRESIGNED, { host: HOST }, 'PUT')).toThrow(expect.objectContaining({ code: 'SignatureDoesNotMatch' }));
  });

  it('refuses a presigned URL one second after its expiry', () => {
    const expiry = Date.UTC(2013, 4, 25);
    jest.spyOn(Date, 'now').mockReturnValue(expiry);
    expect(() => verify(PRESIGNED, { host: HOST })).not.toThrow();
    jest.spyOn(Date, 'now').mockReturnValue(expiry + 1_000);
    expect(() => verify(PRESIGNED, { host: HOST })).toThrow('Request has expired');
  });

  it('refuses a header signature that is more than 15 minutes off', () => {
    jest.spyOn(Date, 'now').mockReturnValue(Date.UTC(2013, 4, 24, 0, 15, 1));
    expect(() => verify('/?max-keys=2&prefix=J', listing)).toThrow(expect.objectContaining({ code: 'RequestTimeTooSkewed' }));
  });
});
