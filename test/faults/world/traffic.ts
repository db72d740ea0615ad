import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { json, type HttpClient, type Request } from '../load/http-client.js';
import type { World } from './world.js';

interface Person {
  userId: string;
  authorization: string;
  documentId: string;
}

const PEOPLE = 7;
const PATIENCE_MS = 60_000;

/** What a signed-in person's app asks for all day; each with how often. */
const READS: [weight: number, label: string, path: (person: Person, other: Person) => string][] = [
  [6, 'profile', () => '/v1/profiles/me'],
  [2, 'card', (_person, other) => `/v1/profiles/${other.userId}`],
  [2, 'session', () => '/v1/session'],
  [2, 'documents', () => '/v1/documents?limit=20'],
  [2, 'document', ({ documentId }) => `/v1/documents/${documentId}`],
  [1, 'download', ({ documentId }) => `/v1/documents/${documentId}/download`],
];
const DECK = READS.flatMap(([weight, label, path]) => Array.from({ length: weight }, () => ({ label, path })));

/** People with a profile, session data and a document each, and the requests that they send. */
export class Traffic {
  private constructor(
    readonly people: Person[],
    private readonly client: HttpClient,
  ) {}

  static async prepare(world: World, client: HttpClient): Promise<Traffic> {
    const people: Person[] = [];
    // One after the other: a start is slow enough.
    for (let nth = 0; nth < PEOPLE; nth += 1) people.push(await person(world, client, nth));
    return new Traffic(people, client);
  }

  /** The nth read of the mix, by one person after the other. */
  read(nth: number, labels?: string[]): Request {
    const deck = labels ? DECK.filter(({ label }) => labels.includes(label)) : DECK;
    // A stride that shares no factor with the deck of any row: every kind gets its turn.
    const { label, path } = deck[(nth * 11) % deck.length] as (typeof deck)[number];
    const person = this.people[nth % PEOPLE] as Person;
    const other = this.people[(nth + 1) % PEOPLE] as Person;
    return { label, method: 'GET', path: path(person, other), headers: { authorization: person.authorization } };
  }

  /** Asks everything once, so that what a phase compares with is not the first request of anything. */
  async warmUp(rounds = 20): Promise<void> {
    for (let nth = 0; nth < rounds * DECK.length; nth += 8) {
      await Promise.all(Array.from({ length: 8 }, (_, i) => this.client.send(this.read(nth + i))));
    }
  }
}

async function person(world: World, client: HttpClient, nth: number): Promise<Person> {
  const userId = randomUUID();
  const authorization = `Bearer ${world.token(userId)}`;
  /** A start is no rehearsal: what the service cannot do yet is asked for again. */
  const send = async (method: string, path: string, body?: unknown) => {
    for (const deadline = Date.now() + PATIENCE_MS; ; await delay(200)) {
      const reply = await client.send({ label: 'prepare', method, path, headers: { authorization }, body });
      // 428: an earlier attempt was carried out.
      if ((reply.status >= 200 && reply.status < 300) || reply.status === 428) return json(reply);
      if ((reply.status > 0 && reply.status < 500) || Date.now() > deadline) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`);
    }
  };
  await send('PUT', '/v1/profiles/me', { displayName: `Person ${nth}`, bio: 'b'.repeat(200) });
  const { document, upload } = await send('POST', '/v1/documents', { name: `paper-${nth}.txt`, contentType: 'text/plain', size: 5 });
  const put = await fetch(upload.url, { method: upload.method, headers: upload.headers, body: 'hello' });
  if (!put.ok) throw new Error(`upload: ${put.status}`);
  await send('POST', `/v1/documents/${document.id}/upload/complete`);
  return { userId, authorization, documentId: document.id };
}
