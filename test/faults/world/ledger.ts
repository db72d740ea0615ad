import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { json, type HttpClient } from '../load/http-client.js';
import type { World } from './world.js';

export interface Books {
  acknowledged: number;
  /** Sent again because the first try failed. */
  repeated: number;
  /** Acknowledged and not in the tables. */
  lost: number;
  /** In the tables more often than asked for. */
  doubled: number;
  /** Refusals that blame the client for what a retry inside the service did: 409, 412, 422. */
  wronglyRefused: number;
}

const WRITERS = 4;
const PAUSE_MS = 60;
const GIVE_UP_MS = 15_000;

/**
 * Clients that write without pause, one write after the other, and repeat what failed, as a careful client does: documents are
 * created under an `Idempotency-Key`, profiles patched under `If-Match`. In the end the tables are compared with what
 * was acknowledged.
 */
export class Ledger {
  private readonly books: Books = { acknowledged: 0, repeated: 0, lost: 0, doubled: 0, wronglyRefused: 0 };
  private readonly db: DynamoDBDocumentClient;
  private readonly writers: { userId: string; names: Set<string>; unsure: Set<string>; patches: number; unsurePatches: number; lastBio: string }[] = [];
  private running: Promise<void>[] = [];
  private isOpen = true;

  constructor(
    private readonly world: World,
    private readonly client: HttpClient,
  ) {
    const { direct } = world.dependencies;
    this.db = DynamoDBDocumentClient.from(
      new DynamoDBClient({
        region: direct['AWS_REGION'],
        endpoint: direct['AWS_ENDPOINT_URL'],
        credentials: { accessKeyId: direct['AWS_ACCESS_KEY_ID'] ?? '', secretAccessKey: direct['AWS_SECRET_ACCESS_KEY'] ?? '' },
      }),
    );
  }

  start(): this {
    this.running = Array.from({ length: WRITERS }, () => this.write());
    return this;
  }

  /** Ends the writing and compares. */
  async close(): Promise<Books> {
    this.isOpen = false;
    await Promise.all(this.running);
    for (const writer of this.writers) await this.compare(writer);
    this.db.destroy();
    return this.books;
  }

  private async write(): Promise<void> {
    const userId = randomUUID();
    const writer = { userId, names: new Set<string>(), unsure: new Set<string>(), patches: 0, unsurePatches: 0, lastBio: '' };
    this.writers.push(writer);
    const authorization = `Bearer ${this.world.token(userId)}`;
    const send = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
      this.client.send({ label: 'write', method, path, body, headers: { authorization, ...headers } });
    let etag: string | undefined;
    for (let nth = 0; this.isOpen; nth += 1) {
      const name = `${userId.slice(0, 8)}-${nth}`;
      const key = { 'idempotency-key': name };
      const status = await this.insist(() => send('POST', '/v1/documents', { name, contentType: 'text/plain', size: 1 }, key));
      (status === 201 ? writer.names : writer.unsure).add(name);
      if (status === 201) this.books.acknowledged += 1;
      etag = await this.patchProfile(writer, send, name, etag);
      await delay(PAUSE_MS);
    }
  }

  /** The ETag that the next patch may rely on; undefined when it has to be asked for. */
  private async patchProfile(
    writer: { patches: number; unsurePatches: number; lastBio: string },
    send: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => ReturnType<HttpClient['send']>,
    bio: string,
    known: string | undefined,
  ): Promise<string | undefined> {
    let etag = known ?? (await send('GET', '/v1/profiles/me')).headers.etag;
    const reply = etag === undefined
      ? await send('PUT', '/v1/profiles/me', { displayName: 'Writer', bio })
      : await send('PATCH', '/v1/profiles/me', { bio }, { 'if-match': etag });
    if (reply.status === 200 || reply.status === 201) {
      writer.patches += 1;
      writer.lastBio = bio;
      this.books.acknowledged += 1;
      return reply.headers.etag;
    }
    // Nobody else writes this profile: a refusal after a fresh read would be a lie.
    if (reply.status === 412 || reply.status === 409) this.books.wronglyRefused += 1;
    else writer.unsurePatches += 1;
    writer.lastBio = '';
    etag = undefined;
    return etag;
  }

  /** Repeats until it is acknowledged, refused for good, or hopeless. */
  private async insist(send: () => ReturnType<HttpClient['send']>): Promise<number> {
    for (const deadline = Date.now() + GIVE_UP_MS; ; this.books.repeated += 1) {
      const reply = await send();
      const { status } = reply;
      const isRunning = status === 409 && json(reply).type?.endsWith('/request-in-progress');
      if (status > 0 && status < 500 && !isRunning) {
        if (status >= 400) this.books.wronglyRefused += 1;
        return status;
      }
      if (Date.now() > deadline) return 0;
      await delay(100 + Math.random() * 200);
    }
  }

  private async compare({ userId, names, unsure, patches, unsurePatches, lastBio }: Ledger['writers'][number]): Promise<void> {
    const stored = await this.documentNames(userId);
    for (const name of names) if (!stored.has(name)) this.books.lost += 1;
    for (const [name, count] of stored) {
      if (count > 1 || (!names.has(name) && !unsure.has(name))) this.books.doubled += count - 1 || 1;
    }
    const { Item } = await this.db.send(new GetCommand({ TableName: this.tableOf('PROFILES_TABLE'), Key: { userId }, ConsistentRead: true }));
    const version = Number(Item?.['version'] ?? 0);
    if (version < patches) this.books.lost += patches - version;
    if (version > patches + unsurePatches) this.books.doubled += version - patches - unsurePatches;
    if (lastBio !== '' && Item?.['bio'] !== lastBio) this.books.lost += 1;
  }

  private async documentNames(userId: string): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    let from: Record<string, unknown> | undefined;
    do {
      const page = await this.db.send(
        new QueryCommand({
          TableName: this.tableOf('DOCUMENTS_TABLE'),
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
          ExpressionAttributeValues: { ':pk': userId, ':sk': 'D#' },
          ConsistentRead: true,
          ExclusiveStartKey: from,
        }),
      );
      for (const item of page.Items ?? []) counts.set(String(item['name']), (counts.get(String(item['name'])) ?? 0) + 1);
      from = page.LastEvaluatedKey;
    } while (from);
    return counts;
  }

  private tableOf(variable: string): string {
    return this.world.dependencies.direct[variable] ?? '';
  }
}
