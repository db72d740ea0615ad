import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Replica } from '../replicas/fleet.js';
import { cloudEnv } from '../support/cloud.js';
import { expectProblem } from '../support/client.js';
import { newActor, upload } from '../support/documents.js';
import { EVENTS } from './events.mjs';

describe.each(Object.keys(EVENTS))('the function behind a %s', (gateway) => {
  const replica = new Replica(gateway, 'test/lambda/gateway.mjs', { ...cloudEnv(), GATEWAY: gateway });
  beforeAll(() => replica.start());
  afterAll(() => replica.kill());

  it('keeps a profile: created, read, revalidated, patched, and protected from a lost update', async () => {
    const { client } = newActor(replica.url);
    expectProblem(await client.get('/v1/profiles/me'), 404, 'not-found');
    const created = await client.put('/v1/profiles/me', { displayName: 'Zoë 👩‍💻' });
    expect([created.status, created.headers.get('location')]).toEqual([201, '/v1/profiles/me']);
    const etag = created.headers.get('etag')!;
    const read = await client.get('/v1/profiles/me');
    expect([read.status, read.body.displayName, read.headers.get('etag')]).toEqual([200, 'Zoë 👩‍💻', etag]);
    const unchanged = await client.get('/v1/profiles/me', { 'if-none-match': etag });
    expect([unchanged.status, unchanged.body]).toEqual([304, undefined]);
    expectProblem(await client.patch('/v1/profiles/me', { bio: 'x' }), 428, 'precondition-required');
    const patched = await client.patch('/v1/profiles/me', { bio: 'x' }, { 'if-match': etag, 'content-type': 'application/merge-patch+json' });
    expect([patched.status, patched.body.version]).toEqual([200, 2]);
    expectProblem(await client.patch('/v1/profiles/me', { bio: 'y' }, { 'if-match': etag }), 412, 'stale');
  });

  it('takes a document from its ticket to its download, and pages the list', async () => {
    const actor = newActor(replica.url);
    const one = await upload(actor, 'first', { tags: ['a,b', 'ü&='] });
    const two = await upload(actor, 'second');
    const { body } = await actor.client.get(`${two.path}/download`);
    expect(await fetch(body.url).then((reply) => reply.text())).toBe('second');
    const page = await actor.client.get('/v1/documents?limit=1');
    expect(page.body.items.map(({ id }: { id: string }) => id)).toEqual([two.id]);
    const next = /<([^>]+)>/.exec(page.headers.get('link')!)![1]!;
    expect((await actor.client.get(next)).body.items.map(({ id }: { id: string }) => id)).toEqual([one.id]);
    for (const tag of ['a,b', 'ü&=']) {
      const tagged = await actor.client.get(`/v1/documents?tag=${encodeURIComponent(tag)}`);
      expect(tagged.body.items.map(({ id }: { id: string }) => id)).toEqual([one.id]);
    }
    expect((await actor.client.delete(one.path)).status).toBe(204);
  });

  it('refuses as a task does', async () => {
    const { client } = newActor(replica.url);
    const anonymous = await fetch(`${replica.url}/v1/profiles/me`);
    expect([anonymous.status, anonymous.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expectProblem(await client.put('/v1/profiles/me', { displayName: 5 }), 400, 'validation');
    expectProblem(await client.put('/v1/profiles/me', '{"__proto__": 1}'), 400, 'validation');
    expectProblem(await client.put('/v1/profiles/me', new Uint8Array([0x22, 0xff, 0x22])), 400, 'validation');
    expectProblem(await client.put('/v1/profiles/me', new Uint8Array(8), { 'content-type': 'image/png' }), 415, 'unsupported-media-type');
    expectProblem(await client.put('/v1/profiles/me', { displayName: 'y'.repeat(70_000) }), 413, 'too-large');
    const wrongMethod = await client.delete('/v1/profiles/me');
    expectProblem(wrongMethod, 405, 'method-not-allowed');
    expect(wrongMethod.headers.get('allow')).toContain('PATCH');
  });
});
