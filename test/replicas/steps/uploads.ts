import fc from 'fast-check';
import type { Player } from '../player.js';
import { bytesOf, complete, createDocument, publish, sendBytes, type Doc } from './document-memory.js';
import { key, kind, nth, signIn, type Kinds } from './kind.js';
import { onDoc, withDoc, type OnDoc } from './on-document.js';

/** Just over the limit of a single PUT: five parts, the last one of a single byte, which is the one that gets sent. */
const LARGE = 64 * 2 ** 20 + 1;
const LAST_PART = 5;

const parts = (player: Player, doc: Doc, as: number) => player.call({ method: 'GET', path: `${doc.path}/upload/parts`, as, isRepeatable: true });

/** Another device asks what there is, to go on from there. */
async function sendLastPart(player: Player, doc: Doc, as: number): Promise<void> {
  const { status, body } = await player.call({ method: 'POST', path: `${doc.path}/upload/parts`, as, body: { partNumbers: [LAST_PART] }, isRepeatable: true });
  if (status !== 200) return;
  await sendBytes(player, { method: 'PUT', ...body.parts[0] }, bytesOf(1));
  await parts(player, doc, as);
  await parts(player, doc, as);
}

const size = fc.constantFrom<'right' | 'wrong'>('right', 'right', 'right', 'wrong');

export const uploadSteps: Kinds = {
  'upload.send': kind<{ doc: number; size: 'right' | 'wrong' }>(4, { doc: nth, size }, async (step, player) => {
    const doc = player.docs[step.doc % Math.max(1, player.docs.length)];
    if (!doc || doc.size === LARGE) return;
    if (step.size === 'wrong') doc.isSpoilt = true;
    await sendBytes(player, doc.upload, bytesOf(doc.size + (step.size === 'right' ? 0 : 1)));
  }),
  'upload.complete': kind(5, onDoc, withDoc((doc, _, player, as) => complete(player, doc, as))),
  'upload.abort': kind(2, onDoc, withDoc((doc, _, player, as) =>
    player.call({ method: 'DELETE', path: `${doc.path}/upload`, as, isRepeatable: true }),
  )),
  'upload.ticket': kind(2, onDoc, withDoc(async (doc, _, player, as) => {
    const reply = await player.call({ method: 'POST', path: `${doc.path}/upload`, as, isRepeatable: true });
    if (reply.status === 200) doc.upload = reply.body.upload;
  })),
  'upload.begin-large': kind<{ as: number; key?: number; sends: boolean }>(3, { as: signIn, key, sends: fc.boolean() }, async ({ sends, ...step }, player) => {
    const doc = await createDocument(player, { ...step, name: 'large', size: LARGE });
    if (doc && sends) await sendLastPart(player, doc, step.as);
  }),
  'upload.sign-parts': kind<OnDoc & { from: number }>(2, { ...onDoc, from: fc.integer({ min: 1, max: LAST_PART }) }, withDoc((doc, { from }, player, as) =>
    player.call({ method: 'POST', path: `${doc.path}/upload/parts`, as, body: { partNumbers: [from, LAST_PART].slice(0, from === LAST_PART ? 1 : 2) }, isRepeatable: true }),
  )),
  'upload.send-last-part': kind(2, onDoc, withDoc((doc, _, player, as) => sendLastPart(player, doc, as))),
  'upload.parts': kind(2, onDoc, withDoc((doc, _, player, as) => parts(player, doc, as))),
  'version.begin': kind<OnDoc & { size: number; key?: number }>(2, { ...onDoc, size: fc.nat({ max: 64 }), key }, withDoc(async (doc, step, player, as) => {
    const reply = await player.call({
      method: 'POST', path: `${doc.path}/versions`, as, body: { contentType: 'text/plain', size: step.size },
      headers: player.idempotencyKey(step.key), isRepeatable: step.key !== undefined,
    });
    if (reply.status !== 201) return;
    Object.assign(doc, { size: step.size, upload: reply.body.upload, isSpoilt: false });
    player.keepEtag(doc.path, reply);
  })),
  'version.publish': kind(2, onDoc, withDoc((doc, _, player) => (doc.size === LARGE ? complete(player, doc) : publish(player, doc)))),
};
