import { randomUUID } from 'node:crypto';
import { Client, type Reply } from '../support/client.js';
import { mintToken } from '../support/tokens.js';

const MIB = 2 ** 20;
const TEXT = { contentType: 'text/plain', size: 5 };

/** A visit to everything that the API does, failures with their clean-up included. Calls back with every presigned request sent. */
export class Tour {
  readonly userId = randomUUID();
  readonly token = mintToken({ sub: this.userId });
  private readonly client: Client;
  private readonly admin: Client;

  constructor(
    private readonly url: string,
    private readonly onPresigned: (method: string, url: string) => void,
  ) {
    this.client = new Client(url, this.token);
    this.admin = new Client(url, mintToken({ sub: randomUUID(), groups: ['admin'] }));
  }

  async everything(): Promise<void> {
    await this.profiles();
    await this.documents();
    await this.multipart();
    await this.versionsAndShares();
    await this.sessions();
    await this.account();
  }

  /** Something of every kind that falls due one day. */
  async leaveThings(): Promise<void> {
    await this.must(201, this.client.put('/v1/profiles/me', { displayName: 'Ada' }));
    const shared = await this.ready('shared.txt');
    await this.must(201, this.client.post(`${shared}/shares`, { expiresIn: 60 }, { 'idempotency-key': 'c' }));
    await this.must(204, this.client.delete(await this.ready('trash.txt')));
    await this.must(201, this.client.post('/v1/documents', { ...TEXT, name: 'pending.txt' }));
    const { body } = await this.must(201, this.client.post('/v1/documents', { name: 'big.bin', contentType: 'application/octet-stream', size: 64 * MIB + 1 }));
    const { parts } = (await this.must(200, this.client.post(`/v1/documents/${body.document.id}/upload/parts`, { partNumbers: [2] }))).body;
    await this.send('PUT', parts[0], new Uint8Array(64 * MIB + 1 - body.upload.partSize * (body.upload.partCount - 1)));
    const { headers } = await this.must(200, this.client.get('/v1/session'));
    await this.must(200, this.client.put('/v1/session', { a: 1 }, { 'if-match': headers.get('etag')! }));
  }

  private async must(status: number, reply: Promise<Reply>): Promise<Reply> {
    const { status: actual, body } = await reply;
    if (actual !== status) throw new Error(`expected ${status}, not ${actual}: ${JSON.stringify(body)}`);
    return reply;
  }

  private async send(method: string, { url, headers }: { url: string; headers?: Record<string, string> }, body?: string | Uint8Array): Promise<Response> {
    this.onPresigned(method, url);
    return fetch(url, { method, headers, ...(body !== undefined && { body: body as BodyInit }) });
  }

  private async profiles(): Promise<void> {
    const created = await this.must(201, this.client.put('/v1/profiles/me', { displayName: 'Ada', email: 'ada@example.com' }));
    await this.must(200, this.client.get('/v1/profiles/me'));
    await this.must(200, this.client.patch('/v1/profiles/me', { bio: 'x' }, { 'if-match': created.headers.get('etag')! }));
    await this.must(200, this.admin.get('/v1/profiles'));
    await this.must(200, this.admin.get('/v1/profiles?email=ada%40example.com'));
    // A cursor that no known key signed makes a task read the secret again.
    await this.must(400, this.admin.get(`/v1/profiles?cursor=${Buffer.alloc(64, 7).toString('base64url')}`));
  }

  private async ready(name = 'file.txt'): Promise<string> {
    const { body } = await this.must(201, this.client.post('/v1/documents', { ...TEXT, name, folder: 'inbox', tags: ['red'] }));
    await this.send('PUT', body.upload, 'hello');
    await this.must(200, this.client.post(`/v1/documents/${body.document.id}/upload/complete`));
    return `/v1/documents/${body.document.id}`;
  }

  private async documents(): Promise<void> {
    const path = await this.ready();
    const { headers } = await this.must(200, this.client.get(path));
    await this.must(200, this.client.patch(path, { name: 'other.txt', tags: ['blue'] }, { 'if-match': headers.get('etag')! }));
    for (const query of ['', '?folder=inbox', '?tag=blue', '?status=ready', '?status=trashed']) await this.must(200, this.client.get(`/v1/documents${query}`));
    await this.must(200, this.client.get('/v1/documents/usage'));
    const { body } = await this.must(200, this.client.get(`${path}/download`));
    await this.send('GET', body);
    await this.must(204, this.client.delete(path));
    await this.must(200, this.client.post(`${path}/restore`));
    await this.must(204, this.client.delete(path));
    await this.must(204, this.client.delete(`${path}?permanent=true`));
    await this.mistakes();
  }

  private async mistakes(): Promise<void> {
    const pending = await this.must(201, this.client.post('/v1/documents', { ...TEXT, name: 'aborted.txt' }, { 'idempotency-key': 'a' }));
    const path = `/v1/documents/${pending.body.document.id}`;
    await this.must(201, this.client.post('/v1/documents', { ...TEXT, name: 'aborted.txt' }, { 'idempotency-key': 'a' }));
    await this.must(413, this.client.post('/v1/documents', { ...TEXT, size: 6 * 2 ** 40, name: 'huge.bin' }, { 'idempotency-key': 'b' }));
    await this.must(200, this.client.post(`${path}/upload`));
    await this.must(409, this.client.post(`${path}/upload/complete`));
    await this.must(204, this.client.delete(`${path}/upload`));
    const lie = await this.must(201, this.client.post('/v1/documents', { name: 'lie.png', contentType: 'image/png', size: 5 }));
    await this.send('PUT', lie.body.upload, 'hello');
    await this.must(422, this.client.post(`/v1/documents/${lie.body.document.id}/upload/complete`));
  }

  private async multipart(): Promise<void> {
    const input = { name: 'big.bin', contentType: 'application/octet-stream', size: 64 * MIB + 1 };
    const { body } = await this.must(201, this.client.post('/v1/documents', input));
    const path = `/v1/documents/${body.document.id}`;
    const { partSize, partCount } = body.upload;
    const partNumbers = Array.from({ length: partCount }, (_, i) => i + 1);
    const { parts } = (await this.must(200, this.client.post(`${path}/upload/parts`, { partNumbers }))).body;
    for (const part of parts) await this.send('PUT', part, new Uint8Array(part.partNumber < partCount ? partSize : input.size - (partCount - 1) * partSize));
    await this.must(200, this.client.get(`${path}/upload/parts`));
    await this.must(200, this.client.post(`${path}/upload/complete`));
    const other = await this.must(201, this.client.post('/v1/documents', input));
    await this.must(204, this.client.delete(`/v1/documents/${other.body.document.id}/upload`));
    await this.uppy();
  }

  private async uppy(): Promise<void> {
    const { body } = await this.must(201, this.client.post('/v1/documents', { ...TEXT, name: 'uppy.txt' }));
    const sign = async (request: object) => (await this.must(200, this.client.post('/v1/uploads/sign', { key: body.document.id, ...request }))).body;
    const started = await (await this.send('POST', await sign({ method: 'POST', contentType: 'text/plain' }))).text();
    const uploadId = /<UploadId>([^<]+)/.exec(started)![1]!;
    const part = await this.send('PUT', await sign({ method: 'PUT', uploadId, partNumber: 1 }), 'hello');
    await this.send('GET', await sign({ method: 'GET', uploadId }));
    await this.send('DELETE', await sign({ method: 'DELETE', uploadId }));
    await part.text();
    await this.send('PUT', await sign({ method: 'PUT' }), 'hello');
  }

  private async versionsAndShares(): Promise<void> {
    const path = await this.ready('shared.txt');
    const { body } = await this.must(201, this.client.post(`${path}/versions`, TEXT));
    await this.send('PUT', body.upload, 'world');
    await this.must(200, this.client.post(`${path}/upload/complete`));
    await this.must(200, this.client.get(`${path}/versions`));
    const share = await this.must(201, this.client.post(`${path}/shares`, { password: 'correct horse', maxDownloads: 2 }));
    await this.must(200, this.client.get(`${path}/shares`));
    const anyone = new Client(this.url);
    await this.must(401, anyone.post(`/v1/shares/${share.body.token}`, { password: 'wrong' }));
    await this.must(200, anyone.post(`/v1/shares/${share.body.token}`, { password: 'correct horse' }));
    await this.must(204, this.client.delete(`${path}/shares/${share.body.id}`));
    await this.must(201, this.client.post(`${path}/shares`, { expiresIn: 60 }));
  }

  private async sessions(): Promise<void> {
    const { headers } = await this.must(200, this.client.get('/v1/session'));
    const put = await this.must(200, this.client.put('/v1/session', { a: 1 }, { 'if-match': headers.get('etag')! }));
    await this.must(200, this.client.patch('/v1/session', { b: 2 }, { 'if-match': put.headers.get('etag')! }));
    const elsewhere = new Client(this.url, mintToken({ sub: this.userId }));
    await this.must(200, elsewhere.get('/v1/session'));
    const { body } = await this.must(200, this.client.get('/v1/sessions'));
    const other = body.items.find(({ current }: { current?: true }) => !current);
    await this.must(204, this.client.delete(`/v1/sessions/${other.id}`));
    const everywhere = new Client(this.url, mintToken({ sub: randomUUID() }));
    await this.must(200, everywhere.get('/v1/session'));
    await this.must(204, everywhere.delete('/v1/sessions'));
  }

  private async account(): Promise<void> {
    await this.must(200, this.client.get('/v1/account/export'));
    await this.must(202, this.client.delete('/v1/account'));
  }
}
