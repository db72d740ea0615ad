import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { QueryClient } from '@tanstack/react-query';
import AwsS3 from '@uppy/aws-s3';
import Uppy from '@uppy/core';
import { queries } from '../src/query.js';
import { connectUppy, s3Options } from '../src/uppy.js';
import { newClient, startApp, type RunningApp } from './service.js';
import { FetchXhr } from './xml-http-request.js';

let app: RunningApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

describe('with Uppy as it is published', () => {
  beforeAll(() => void Object.assign(globalThis, { XMLHttpRequest: FetchXhr }));
  afterAll(() => void Reflect.deleteProperty(globalThis, 'XMLHttpRequest'));

  it('promises, sends and publishes files; one that is refused fails alone', async () => {
    const client = newClient(app);
    const uppy = new Uppy({ logger: { debug: () => {}, warn: () => {}, error: () => {} } });
    uppy.use(AwsS3, s3Options(client));
    connectUppy(uppy, client, () => ({ tags: ['uppy'] }));
    uppy.addFile({ name: 'good.txt', type: 'text/plain', data: new File(['hello'], 'good.txt', { type: 'text/plain' }) });
    uppy.addFile({ name: 'bad/name.txt', type: 'text/plain', data: new File(['x'], 'bad.txt', { type: 'text/plain' }) });
    const result = await uppy.upload();
    expect(result?.successful?.map(({ name }) => name)).toEqual(['good.txt']);
    expect(result?.failed?.map(({ name }) => name)).toEqual(['bad/name.txt']);
    const { items } = (await client.documents.list({ tag: 'uppy' })).data;
    expect(items).toMatchObject([{ name: 'good.txt', status: 'ready', size: 5 }]);
    uppy.destroy();
  });
});

describe('with TanStack Query', () => {
  it('reads a profile that may not exist, and lists by pages', async () => {
    const client = newClient(app);
    const cache = new QueryClient();
    const of = queries(client);
    expect(await cache.fetchQuery(of.profile())).toBeNull();
    for (const name of ['a.txt', 'b.txt', 'c.txt']) await client.uploads.create({ name, contentType: 'text/plain', size: 1 });
    const { pages } = await cache.fetchInfiniteQuery({ ...of.documents({ limit: 2 }), pages: 2 });
    expect(pages.map(({ items }) => items.map(({ name }) => name))).toEqual([['c.txt', 'b.txt'], ['a.txt']]);
    cache.clear();
  });
});
