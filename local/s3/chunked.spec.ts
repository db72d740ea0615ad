import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { hmac } from '../sigv4.js';
import { ChunkDecoder } from './chunked.js';

/** AWS's own examples: 66,560 letters a in chunks of 64 KiB and 1 KiB ("Signature calculations: multiple chunks"). */
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const verified = (signature: string) => ({
  payloadHash: '',
  signingKey: ['20130524', 'us-east-1', 's3', 'aws4_request'].reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${SECRET}`)),
  scope: '20130524/us-east-1/s3/aws4_request',
  timestamp: '20130524T000000Z',
  signature,
});
const SEED = '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9';
const chunk = (size: number, signature: string): string => `${size.toString(16)};chunk-signature=${signature}\r\n${'a'.repeat(size)}${size > 0 ? '\r\n' : ''}`;
const BODY = [
  chunk(65_536, 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648'),
  chunk(1_024, '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497'),
  chunk(0, 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9'),
].join('');

const TRAILER_SEED = '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e';
const WITH_TRAILER = [
  chunk(65_536, 'b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2'),
  chunk(1_024, '1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7'),
  chunk(0, '2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992'),
  'x-amz-checksum-crc32c:sOO8/Q==\r\n',
  'x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n',
].join('');

/** Decodes a body that arrives in slices of some size. */
async function decode(body: string, decoder: ChunkDecoder, slice = 1_000): Promise<Buffer> {
  const bytes = Buffer.from(body);
  const slices = Array.from({ length: Math.ceil(bytes.length / slice) }, (_, i) => bytes.subarray(i * slice, (i + 1) * slice));
  return buffer(Readable.from(slices).compose(decoder) as Readable);
}

const signed = () => new ChunkDecoder(verified(SEED), true, false);
const signedWithTrailer = () => new ChunkDecoder(verified(TRAILER_SEED), true, true);
const unsigned = () => new ChunkDecoder(verified(SEED), false, true);

describe('aws-chunked bodies', () => {
  it.each([1, 7, 1_000, 100_000])('verify AWS’s own example, arriving %i bytes at a time', async (slice) => {
    expect((await decode(BODY, signed(), slice)).equals(Buffer.alloc(66_560, 'a'))).toBe(true);
  });

  it('verify AWS’s own example with a signed trailer', async () => {
    const decoder = signedWithTrailer();
    expect(await decode(WITH_TRAILER, decoder)).toHaveLength(66_560);
    expect(decoder.trailers['x-amz-checksum-crc32c']).toBe('sOO8/Q==');
  });

  it.each([
    ['a changed byte', BODY.replace('aa\r\n', 'ab\r\n')],
    ['a changed chunk signature', BODY.replace('0055627c', '1055627c')],
    ['a missing last signature', BODY.replace(/0;chunk-signature=.*/, '0\r\n')],
  ])('are refused with %s', async (_, body) => {
    await expect(decode(body, signed())).rejects.toMatchObject({ code: expect.stringMatching(/SignatureDoesNotMatch|IncompleteBody/) });
  });

  it('are refused with a changed trailer', async () => {
    await expect(decode(WITH_TRAILER.replace('sOO8', 'sOO9'), signedWithTrailer())).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
  });

  it.each([
    ['ends before its last chunk', '3\r\nabc\r\n'],
    ['has a chunk without its end', '3\r\nabcd\r\n0\r\n\r\n'],
    ['has no size', 'xyz\r\nabc'],
    ['has an endless size line', 'a'.repeat(5_000)],
    ['has a nameless trailer', '0\r\nnothing\r\n\r\n'],
  ])('are refused when the body %s', async (_, body) => {
    await expect(decode(body, unsigned())).rejects.toMatchObject({ code: 'IncompleteBody' });
  });

  it('may be unsigned with a trailer', async () => {
    const decoder = unsigned();
    expect(await decode('3\r\nabc\r\n2\r\nde\r\n0\r\nx-amz-checksum-crc32:hYfgYA==\r\n\r\n', decoder)).toEqual(Buffer.from('abcde'));
    expect(decoder.trailers).toEqual({ 'x-amz-checksum-crc32': 'hYfgYA==' });
  });
});
