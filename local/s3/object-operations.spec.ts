import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  CopyObjectCommand, DeleteObjectCommand, DeleteObjectsCommand, DeleteObjectTaggingCommand, GetObjectCommand, GetObjectTaggingCommand,
  HeadBucketCommand, HeadObjectCommand, ListObjectsV2Command, paginateListObjectsV2, PutObjectCommand, PutObjectTaggingCommand, type S3Client,
} from '@aws-sdk/client-s3';
import { BUCKET, RunningS3 } from './s3.fixture.js';

let s3: RunningS3;
let client: S3Client;
beforeAll(async () => {
  s3 = await RunningS3.start();
  client = s3.client();
});
afterAll(() => s3.stop());

const put = (Key: string, Body = 'content', more: object = {}) => client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, ...more }));
const get = (Key: string, more: object = {}) => client.send(new GetObjectCommand({ Bucket: BUCKET, Key, ...more }));
const text = async (Key: string, more: object = {}) => (await get(Key, more)).Body?.transformToString();
const named = (name: string) => expect.objectContaining({ name });

describe('objects', () => {
  it('come back as they were put, with their headers and metadata', async () => {
    const { ETag } = await put('a', 'hello', { ContentType: 'text/plain', CacheControl: 'no-cache', Metadata: { Colour: 'blue' } });
    expect(ETag).toBe('"5d41402abc4b2a76b9719d911017c592"');
    const reply = await get('a');
    expect(reply).toMatchObject({ ContentType: 'text/plain', CacheControl: 'no-cache', ContentLength: 5, ETag, Metadata: { colour: 'blue' } });
    expect(await reply.Body?.transformToString()).toBe('hello');
  });

  it('may be empty', async () => {
    await put('empty', '');
    expect(await text('empty')).toBe('');
  });

  it.each(['sp ace+plus', 'ünïcode/日本', "quo'te(s)!*", 'a//b', '../up', 'per%25cent', '~tilde&amp;<x>'])('may be named %s', async (key) => {
    await put(`named/${key}`, key);
    expect(await text(`named/${key}`)).toBe(key);
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: `named/${key}` }));
    expect(Contents?.map(({ Key }) => Key)).toEqual([`named/${key}`]);
  });

  it('are NoSuchKey, or NotFound to HEAD, when there are none', async () => {
    await expect(get('none')).rejects.toEqual(named('NoSuchKey'));
    await expect(client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'none' }))).rejects.toEqual(named('NotFound'));
    await expect(client.send(new GetObjectCommand({ Bucket: 'no-such-bucket', Key: 'a' }))).rejects.toEqual(named('NoSuchBucket'));
    await expect(client.send(new HeadBucketCommand({ Bucket: 'no-such-bucket' }))).rejects.toEqual(named('NotFound'));
  });

  it.each([
    ['bytes=0-1', '01', 'bytes 0-1/10'],
    ['bytes=8-', '89', 'bytes 8-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=5-500', '56789', 'bytes 5-9/10'],
  ])('give the range %s', async (Range, body, ContentRange) => {
    await put('digits', '0123456789');
    const reply = await get('digits', { Range });
    expect(reply.ContentRange).toBe(ContentRange);
    expect(await reply.Body?.transformToString()).toBe(body);
  });

  it('refuse a range behind their end', async () => {
    await put('digits', '0123456789');
    await expect(get('digits', { Range: 'bytes=10-' })).rejects.toEqual(named('InvalidRange'));
  });

  it('are sent with the headers that a signed read asks for', async () => {
    await put('override');
    const reply = await get('override', { ResponseContentType: 'application/pdf', ResponseContentDisposition: 'attachment; filename="ä.pdf"; filename*=UTF-8\'\'%C3%A4.pdf' });
    expect(reply.ContentType).toBe('application/pdf');
  });

  it('answer conditional reads', async () => {
    const { ETag = '' } = await put('conditional');
    expect(await text('conditional', { IfMatch: ETag })).toBe('content');
    await expect(get('conditional', { IfMatch: '"other"' })).rejects.toEqual(named('PreconditionFailed'));
    await expect(get('conditional', { IfNoneMatch: ETag })).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
    await expect(get('conditional', { IfModifiedSince: new Date() })).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
    await expect(get('conditional', { IfUnmodifiedSince: new Date(0) })).rejects.toEqual(named('PreconditionFailed'));
  });

  it('are written once under If-None-Match: *, however many try at once', async () => {
    const bodies = Array.from({ length: 8 }, (_, i) => `writer ${i}`);
    const results = await Promise.allSettled(bodies.map((body) => put('once', body, { IfNoneMatch: '*' })));
    const winners = results.flatMap(({ status }, i) => (status === 'fulfilled' ? [i] : []));
    expect(winners).toHaveLength(1);
    expect(results.flatMap((result) => (result.status === 'rejected' ? [result.reason.name] : []))).toEqual(Array(7).fill('PreconditionFailed'));
    expect(await text('once')).toBe(bodies[winners[0] ?? -1]);
  });

  it('are replaced under If-Match only when the tag is theirs', async () => {
    const { ETag = '' } = await put('replaced', 'one');
    await put('replaced', 'two', { IfMatch: ETag });
    await expect(put('replaced', 'three', { IfMatch: ETag })).rejects.toEqual(named('PreconditionFailed'));
    await expect(put('never', 'x', { IfMatch: ETag })).rejects.toEqual(named('NoSuchKey'));
    expect(await text('replaced')).toBe('two');
  });

  it('are deleted one by one and together, and again', async () => {
    await Promise.all([put('d/1'), put('d/2'), put('d/3')]);
    for (const _ of [1, 2]) await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'd/1' }));
    const { Deleted } = await client.send(new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects: [{ Key: 'd/2' }, { Key: 'd/3' }, { Key: 'd/4' }] } }));
    expect(Deleted).toHaveLength(3);
    const { KeyCount } = await client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: 'd/' }));
    expect(KeyCount).toBe(0);
  });

  it('are copied, conditional on the source and on the target', async () => {
    const { ETag = '' } = await put('source', 'original', { ContentType: 'text/plain' });
    const copy = (more: object) => client.send(new CopyObjectCommand({ Bucket: BUCKET, CopySource: `${BUCKET}/source`, Key: 'target', ...more }));
    await expect(copy({ CopySourceIfMatch: '"other"' })).rejects.toEqual(named('PreconditionFailed'));
    await copy({ CopySourceIfMatch: ETag, IfNoneMatch: '*' });
    await expect(copy({ IfNoneMatch: '*' })).rejects.toEqual(named('PreconditionFailed'));
    await expect(copy({ CopySource: `${BUCKET}/nothing` })).rejects.toEqual(named('NoSuchKey'));
    await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'source' }));
    expect(await text('target')).toBe('original');
    expect((await get('target')).ContentType).toBe('text/plain');
  });

  it('are copied onto themselves only with new metadata', async () => {
    await put('self', 'same', { ContentType: 'text/plain' });
    const copy = (more: object) => client.send(new CopyObjectCommand({ Bucket: BUCKET, CopySource: `${BUCKET}/self`, Key: 'self', ...more }));
    await expect(copy({})).rejects.toEqual(named('InvalidRequest'));
    await copy({ MetadataDirective: 'REPLACE', ContentType: 'text/markdown' });
    expect((await get('self')).ContentType).toBe('text/markdown');
    expect(await text('self')).toBe('same');
  });

  it('carry tags', async () => {
    const at = { Bucket: BUCKET, Key: 'tagged' };
    const tags = async () => (await client.send(new GetObjectTaggingCommand(at))).TagSet;
    await put('tagged', 'x', { Tagging: 'state=pending&a%20b=c' });
    expect(await tags()).toEqual([{ Key: 'state', Value: 'pending' }, { Key: 'a b', Value: 'c' }]);
    await client.send(new PutObjectTaggingCommand({ ...at, Tagging: { TagSet: [{ Key: 'state', Value: 'ready & <well>' }] } }));
    expect(await tags()).toEqual([{ Key: 'state', Value: 'ready & <well>' }]);
    await client.send(new DeleteObjectTaggingCommand(at));
    expect(await tags()).toEqual([]);
    expect(await text('tagged')).toBe('x');
  });

  it('are not mistaken for sub-resources that are not offered', async () => {
    await put('plain');
    await expect(get('plain', { VersionId: 'abc' })).rejects.toEqual(named('NotImplemented'));
  });

  it('have keys of up to 1,024 bytes', async () => {
    await put(`k${'ä'.repeat(511)}`);
    await expect(put('ä'.repeat(513))).rejects.toEqual(named('KeyTooLongError'));
  });
});

describe('listing', () => {
  it('goes by UTF-8 order, page by page, without a gap or a double', async () => {
    const keys = ['list/Z', 'list/a', 'list/a-b', 'list/a/b', 'list/ä', 'list/\u{1F600}', 'list/\uFFFD'];
    await Promise.all(keys.map((key) => put(key)));
    const seen: (string | undefined)[] = [];
    for await (const page of paginateListObjectsV2({ client, pageSize: 2 }, { Bucket: BUCKET, Prefix: 'list/' })) {
      expect(page.Contents?.length).toBeLessThanOrEqual(2);
      seen.push(...(page.Contents ?? []).map(({ Key }) => Key));
    }
    expect(seen).toEqual(keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  });

  it('groups by a delimiter, also over page borders', async () => {
    await Promise.all(['g/1', 'g/2/a', 'g/2/b', 'g/2/c', 'g/3/a', 'g/4'].map((key) => put(key)));
    const folders: unknown[] = [];
    const files: unknown[] = [];
    for await (const page of paginateListObjectsV2({ client, pageSize: 1 }, { Bucket: BUCKET, Prefix: 'g/', Delimiter: '/' })) {
      folders.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix));
      files.push(...(page.Contents ?? []).map(({ Key }) => Key));
    }
    expect({ folders, files }).toEqual({ folders: ['g/2/', 'g/3/'], files: ['g/1', 'g/4'] });
  });

  it('begins after a key', async () => {
    await Promise.all(['after/1', 'after/2', 'after/3'].map((key) => put(key)));
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: 'after/', StartAfter: 'after/1' }));
    expect(Contents?.map(({ Key }) => Key)).toEqual(['after/2', 'after/3']);
  });
});
