import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { LEASE_MS } from '../../src/idempotency/idempotency.js';
import { Replica } from '../replicas/fleet.js';
import { Client, type Reply } from '../support/client.js';
import { cloudEnv } from '../support/cloud.js';
import { mintToken } from '../support/tokens.js';
import { transactionGate, type TransactionGate } from './transaction-gate.js';

const INPUT = { name: 'a.txt', contentType: 'text/plain', size: 5 };

/** Long enough for any machine; a key that is stuck is stuck for a day. */
const PATIENCE_MS = 120_000;

interface Answered {
  reply: Reply;
  /** How long it took, the waiting that was asked for included. */
  milliseconds: number;
}

describe('50 parallel POSTs with one key over three replicas, one of them killed', () => {
  const environment = { ...cloudEnv(), RATE_LIMIT: '100000/60s', RATE_LIMIT_ANONYMOUS: '100000/60s' };
  let lasting: Replica[];
  let gate: TransactionGate;
  let victim: Replica;
  beforeAll(async () => {
    lasting = [1, 2].map((n) => new Replica(`replica ${n}`, 'dist/main.js', environment));
    await Promise.all(lasting.map((replica) => replica.start()));
  }, PATIENCE_MS);
  beforeEach(async () => {
    gate = await transactionGate(environment);
    victim = new Replica('the victim', 'dist/main.js', { ...environment, ...gate.env });
    await victim.start();
  }, PATIENCE_MS);
  afterEach(() => dies());
  afterAll(() => Promise.all(lasting.map((replica) => replica.kill())));

  const dies = async () => {
    await victim.kill();
    gate.close();
  };

  /** A client that repeats its request elsewhere when it got no reply, and later when it was told to come back. */
  const post = async (client: (attempt: number) => Client, key: string): Promise<Answered> => {
    const start = performance.now();
    for (let attempt = 0; performance.now() - start < PATIENCE_MS; attempt += 1) {
      const reply = await client(attempt).post('/v1/documents', INPUT, { 'idempotency-key': key }).catch(() => undefined);
      const wait = reply?.headers.get('retry-after');
      if (reply && !wait) return { reply, milliseconds: performance.now() - start };
      if (reply?.status === 409) expect(reply.body.type).toBe('/problems/request-in-progress');
      await delay(Number(wait ?? 0.1) * 1_000);
    }
    throw new Error('The key is stuck.');
  };

  /** The first POST goes to the victim, 49 follow to all three; the victim dies when `isTime`. */
  const race = async (isTime: () => Promise<unknown>) => {
    const token = mintToken({ sub: randomUUID() });
    const key = randomUUID();
    const clientsOf = (first: number) => {
      const replicas = [victim, ...lasting];
      return (attempt: number) => new Client((attempt === 0 ? replicas[first % 3] : lasting[(first + attempt) % 2])!.url, token);
    };
    const first = post(clientsOf(0), key);
    const killed = Promise.race([isTime(), first]).then(dies);
    const answers = await Promise.all([first, ...Array.from({ length: 49 }, (_, i) => post(clientsOf(i), key))]);
    await killed;
    const { body } = await new Client(lasting[0]!.url, token).get('/v1/documents?limit=100');
    return { answers, documents: body.items as { id: string }[] };
  };

  it.each<[string, () => Promise<unknown>]>([
    ['when it has the key and has not stored its transaction', () => gate.hold('request')],
    ['when its transaction is stored and nobody was told', () => gate.hold('response')],
    ['just anywhere', () => delay(10)],
  ])('%s: one effect, the same answer for all', async (when, isTime) => {
    const { answers, documents } = await race(isTime);
    expect(documents).toHaveLength(1);
    expect(answers).toHaveLength(50);
    for (const { reply } of answers) {
      expect(reply.status).toBe(201);
      expect(reply.body.document).toEqual(answers[0]?.reply.body.document);
      expect(['location', 'etag'].map((name) => reply.headers.get(name))).toEqual([`/v1/documents/${documents[0]?.id}`, '"1"']);
    }
    const firsts = answers.filter(({ reply }) => reply.headers.get('idempotent-replayed') === null);
    expect(firsts.length).toBeLessThanOrEqual(1);
    const longest = Math.max(...answers.map(({ milliseconds }) => milliseconds));
    console.log(`Killed ${when}: all 50 answered within ${longest.toFixed(0)} ms (lease ${LEASE_MS} ms), ${50 - firsts.length} of them replays.`);
  }, PATIENCE_MS * 1.5);
});
