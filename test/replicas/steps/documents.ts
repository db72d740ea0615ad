import fc from 'fast-check';
import type { Player } from '../player.js';
import { createDocument, publish, type Doc } from './document-memory.js';
import { half, key, kind, match, signIn, text, times, type Kinds, type Match } from './kind.js';
import { onDoc, watched, withDoc, type OnDoc } from './on-document.js';

const get = (suffix = '') => withDoc((doc, _step, player, as) => player.call({ method: 'GET', path: doc.path + suffix, as, isRepeatable: true }));
const usage = (player: Player, as: number) => player.call({ method: 'GET', path: '/v1/documents/usage', as, isRepeatable: true });
const address = (player: Player, doc: Doc, as: number) => player.call({ method: 'GET', path: `${doc.path}/download`, as, isRepeatable: true });

/** Reads it and changes its name, each through another replica. */
async function edit(player: Player, doc: Doc, as: number, name: string): Promise<void> {
  const { status } = await player.call({ method: 'GET', path: doc.path, as, keepsEtag: doc.path, isRepeatable: true });
  if (status === 200) await player.call({ method: 'PATCH', path: doc.path, as, body: { name }, headers: player.ifMatch('current', doc.path), keepsEtag: doc.path });
}

/** More often, and searches would find nothing. */
const folder = half(fc.constantFrom('inbox', 'archive'));
const tag = half(fc.constantFrom('red', 'blue'));
const status = half(fc.constantFrom('pending', 'ready', 'trashed'));

interface Listing {
  as: number;
  limit: number;
  folder?: string;
  tag?: string;
  status?: string;
}

/** Follows `Link: rel=next` to the end, each page from another replica. */
async function listAll({ as, limit, folder: inFolder, tag: tagged, status: being }: Listing, player: Player): Promise<void> {
  const query = new URLSearchParams({ limit: String(limit) });
  for (const [name, value] of Object.entries({ folder: inFolder, tag: tagged, status: being })) if (value !== undefined) query.set(name, value);
  let path: string | undefined = `/v1/documents?${query}`;
  for (let page = 0; path !== undefined && page < 12; page += 1) {
    const { headers } = await player.call({ method: 'GET', path, as, isRepeatable: true });
    path = /<([^>]+)>; rel="next"/.exec(String(headers['link'] ?? ''))?.[1];
  }
}

export const documentSteps: Kinds = {
  'document.create': kind<{ as: number; name: string; size: number; folder?: string; tag?: string; key?: number }>(
    5,
    { as: signIn, name: text, size: fc.nat({ max: 64 }), folder, tag, key },
    (step, player) => createDocument(player, step),
  ),
  /** Create, send and complete, each through another replica. */
  'document.ready': kind<{ as: number; name: string; size: number; folder?: string; tag?: string }>(
    5,
    { as: signIn, name: text, size: fc.nat({ max: 64 }), folder, tag },
    async (step, player) => {
      const doc = await createDocument(player, step);
      if (doc) await publish(player, doc);
    },
  ),
  'document.get': kind(3, onDoc, get()),
  'document.rename': kind<OnDoc & { name: string; match: Match }>(3, { ...onDoc, name: text, match }, withDoc((doc, { name, match: kindOfMatch }, player, as) =>
    player.call({ method: 'PATCH', path: doc.path, as, body: { name }, headers: player.ifMatch(kindOfMatch, doc.path), keepsEtag: doc.path }),
  )),
  'document.edit': kind<OnDoc & { name: string }>(4, { ...onDoc, name: text }, withDoc((doc, { name }, player, as) => edit(player, doc, as, name))),
  'document.reopen': kind<OnDoc & { name: string }>(2, { ...onDoc, name: text }, withDoc((doc, { name }, player, as) =>
    watched(() => address(player, doc, as), () => edit(player, doc, as, name)),
  )),
  'document.move': kind<OnDoc & { folder?: string; tag?: string }>(2, { ...onDoc, folder, tag }, withDoc((doc, step, player, as) =>
    player.call({
      method: 'PATCH', path: doc.path, as, body: { folder: step.folder ?? null, tags: step.tag ? [step.tag] : [] },
      headers: player.ifMatch('current', doc.path), keepsEtag: doc.path,
    }),
  )),
  /** Another window, which does not know of it yet, asks for its address. */
  'document.trash': kind(3, onDoc, withDoc(async (doc, _, player, as) => {
    await player.call({ method: 'DELETE', path: doc.path, as, isRepeatable: true });
    await address(player, doc, as);
  })),
  'document.restore': kind(2, onDoc, withDoc((doc, _, player, as) =>
    player.call({ method: 'POST', path: `${doc.path}/restore`, as, keepsEtag: doc.path, isRepeatable: true }),
  )),
  'document.erase': kind(1, onDoc, withDoc((doc, _, player, as) =>
    watched(() => usage(player, as), () => player.call({ method: 'DELETE', path: `${doc.path}?permanent=true`, as })),
  )),
  /** What is put away leaves the list at once, in every window. */
  'document.putAway': kind(2, onDoc, withDoc((doc, _, player, as) =>
    watched(() => listAll({ as, limit: 50 }, player), () => player.call({ method: 'DELETE', path: doc.path, as, isRepeatable: true })),
  )),
  /** A browser that shows a document asks for its address each time. */
  'document.download': kind<OnDoc & { times: number }>(4, { ...onDoc, times }, withDoc(async (doc, { times: count }, player, as) => {
    for (let i = 0; i < count; i += 1) await address(player, doc, as);
  })),
  'document.list': kind<Listing & { times: number }>(6, { as: signIn, limit: fc.constantFrom(1, 50, 50), times }, async ({ times: count, ...listing }, player) => {
    for (let i = 0; i < count; i += 1) await listAll(listing, player);
  }),
  'document.find': kind<Listing>(3, { as: signIn, limit: fc.constantFrom(1, 2, 50), folder, tag, status }, listAll),
  'document.usage': kind<{ as: number }>(1, { as: signIn }, ({ as }, player) => usage(player, as)),
  /** A usage bar is drawn before and after an upload. */
  'document.fill': kind<{ as: number; size: number }>(3, { as: signIn, size: fc.nat({ max: 64 }) }, ({ as, size }, player) =>
    watched(() => usage(player, as), async () => {
      const doc = await createDocument(player, { as, name: 'more', size });
      if (doc) await publish(player, doc);
    }),
  ),
  'document.versions': kind(2, onDoc, get('/versions')),
};
