import { randomUUID } from 'node:crypto';
import type { Attempt } from '../proxies/http-proxy.js';
import type { HttpClient, Reply } from '../load/http-client.js';
import { summaryOf, type Summary } from '../world/recording.js';
import type { World } from '../world/world.js';
import { atLeast, defineRow, enough, none, noneOf } from './row.js';
import { underLoad } from './standing.js';

interface Measured {
  during: Summary;
  kinds: number;
  /** Writes whose reply was lost between DynamoDB and the service. */
  lost: number;
  /** What the client was told instead of success. */
  wrong: string[];
  /** Things that exist twice, or changed twice. */
  doubled: string[];
}

const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'TransactWriteItems', 'BatchWriteItem']);

/** What a kind of write may rely on: what the ones before it left behind. */
interface State {
  userId: string;
  profile: string;
  session: string;
  document: string;
  documentEtag: string;
  share: string;
}

interface Write {
  kind: string;
  method: string;
  path: (state: State) => string;
  body?: unknown;
  match?: keyof State;
  keyed?: boolean;
  expect: number;
  keep?: (reply: Reply, state: State) => void;
}

const document = (state: State) => `/v1/documents/${state.document}`;
const etagOf = (field: keyof State) => (reply: Reply, state: State) => void (state[field] = reply.headers.etag ?? '');

/** Every kind of write, in the order of one life. */
const WRITE_KINDS: Write[] = [
  { kind: 'profile create', method: 'PUT', path: () => '/v1/profiles/me', body: { displayName: 'First' }, expect: 201, keep: etagOf('profile') },
  { kind: 'profile replace', method: 'PUT', path: () => '/v1/profiles/me', body: { displayName: 'Second' }, match: 'profile', expect: 200, keep: etagOf('profile') },
  { kind: 'profile patch', method: 'PATCH', path: () => '/v1/profiles/me', body: { bio: 'Third' }, match: 'profile', expect: 200, keep: etagOf('profile') },
  { kind: 'session put', method: 'PUT', path: () => '/v1/session', body: { cart: 1 }, match: 'session', expect: 200, keep: etagOf('session') },
  { kind: 'session patch', method: 'PATCH', path: () => '/v1/session', body: { cart: 2 }, match: 'session', expect: 200, keep: etagOf('session') },
  {
    kind: 'document create', method: 'POST', path: () => '/v1/documents', body: { name: 'paper.txt', contentType: 'text/plain', size: 5 }, expect: 201,
    keep: ({ text, headers }, state) => {
      state.document = (JSON.parse(text) as { document: { id: string } }).document.id;
      state.documentEtag = headers.etag ?? '';
    },
  },
  { kind: 'document create, with a key', method: 'POST', path: () => '/v1/documents', body: { name: 'keyed.txt', contentType: 'text/plain', size: 5 }, keyed: true, expect: 201 },
  { kind: 'document rename', method: 'PATCH', path: document, body: { name: 'renamed.txt' }, match: 'documentEtag', expect: 200, keep: etagOf('documentEtag') },
  { kind: 'document complete', method: 'POST', path: (state) => `${document(state)}/upload/complete`, expect: 200, keep: etagOf('documentEtag') },
  { kind: 'share create', method: 'POST', path: (state) => `${document(state)}/shares`, body: { expiresIn: 600 }, expect: 201, keep: ({ text }, state) => void (state.share = (JSON.parse(text) as { id: string }).id) },
  { kind: 'share revoke', method: 'DELETE', path: (state) => `${document(state)}/shares/${state.share}`, expect: 204 },
  { kind: 'new version', method: 'POST', path: (state) => `${document(state)}/versions`, body: { contentType: 'text/plain', size: 5 }, expect: 201 },
  { kind: 'upload abort', method: 'DELETE', path: (state) => `${document(state)}/upload`, expect: 204 },
  { kind: 'document trash', method: 'DELETE', path: document, expect: 204 },
  { kind: 'document restore', method: 'POST', path: (state) => `${document(state)}/restore`, expect: 200 },
  { kind: 'document trash again', method: 'DELETE', path: document, expect: 204 },
  { kind: 'document erase', method: 'DELETE', path: (state) => `${document(state)}?permanent=true`, expect: 204 },
  { kind: 'sign out', method: 'DELETE', path: () => '/v1/session', expect: 204 },
];

export const lostReplies = defineRow<Measured>({
  number: 5,
  fault: 'DynamoDB reply lost after commit',
  promise: 'no false 409 or 412, no duplicate',
  weight: 'shared',
  defence: {
    what: 'recognising the own write by its id',
    patches: [{ file: 'aws/conditional-write.js', find: /return error\.Item !== undefined .*;/, put: 'return false;' }],
  },

  async measure(world) {
    const { client, load } = await underLoad(world, { tasks: 2, perSecond: 20 });
    await world.recording.calm(500);
    const outcome = { lost: 0, wrong: [] as string[], doubled: [] as string[] };
    await world.recording.during('fault', 'replies lost', async () => {
      for (let round = 0; round < world.time(10, 2); round += 1) await oneLife(world, client, outcome);
    });
    return { during: summaryOf(await load.stop()), kinds: WRITE_KINDS.length, ...outcome };
  },

  judge: ({ during, kinds, lost, wrong, doubled }) => [
    enough('under load', during, 20),
    none('reads failed', during.failed),
    atLeast('replies lost', lost, kinds),
    noneOf('writes not acknowledged', wrong),
    noneOf('duplicates', doubled),
  ],
});

type Outcome = Pick<Measured, 'lost' | 'wrong' | 'doubled'>;

async function oneLife(world: World, client: HttpClient, outcome: Outcome): Promise<void> {
  const { dynamodb } = world.dependencies;
  const userId = randomUUID();
  const authorization = `Bearer ${world.token(userId)}`;
  const state: State = { userId, profile: '', session: '', document: '', documentEtag: '', share: '' };
  const ask = (path: string) => client.send({ label: 'look', method: 'GET', path, headers: { authorization } });
  state.session = (await ask('/v1/session')).headers.etag ?? '';
  for (const write of WRITE_KINDS) {
    if (write.kind === 'document complete') await upload(client, authorization, state);
    dynamodb.inject({ fault: { kind: 'lose-reply' }, times: 1, when: (attempt) => isWriteOf(attempt, userId) });
    const before = dynamodb.count().disturbed;
    const reply = await client.send({
      label: write.kind,
      method: write.method,
      path: write.path(state),
      body: write.body,
      headers: {
        authorization,
        ...(write.match && { 'if-match': state[write.match] }),
        ...(write.keyed && { 'idempotency-key': randomUUID() }),
      },
    });
    outcome.lost += dynamodb.count().disturbed - before;
    await dynamodb.heal();
    if (reply.status !== write.expect) outcome.wrong.push(`${write.kind}: ${reply.status}`);
    else write.keep?.(reply, state);
    if (write.kind === 'upload abort') await lookForDoubles(ask, outcome);
  }
}

/** The service's own writes, of the cache's fence for instance, are not the ones that are meant. */
const isWriteOf = ({ operation, body }: Attempt, userId: string): boolean => WRITES.has(operation) && body.includes(userId);

async function upload(client: HttpClient, authorization: string, state: State): Promise<void> {
  const again = await client.send({ label: 'ticket', method: 'POST', path: `${document(state)}/upload`, headers: { authorization } });
  const { upload } = JSON.parse(again.text) as { upload: { url: string; method: string; headers: Record<string, string> } };
  await fetch(upload.url, { method: upload.method, headers: upload.headers, body: 'hello' });
}

async function lookForDoubles(ask: (path: string) => Promise<Reply>, { doubled }: Outcome): Promise<void> {
  const { items } = JSON.parse((await ask('/v1/documents')).text) as { items: { name: string }[] };
  const names = items.map(({ name }) => name).sort().join(' ');
  if (names !== 'keyed.txt renamed.txt') doubled.push(`documents: ${names}`);
  const { version } = JSON.parse((await ask('/v1/profiles/me')).text) as { version: number };
  if (version !== 3) doubled.push(`version ${version} of the profile after 3 writes`);
}
