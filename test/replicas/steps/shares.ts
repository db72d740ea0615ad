import fc from 'fast-check';
import type { Player } from '../player.js';
import { createDocument, publish, type Doc } from './document-memory.js';
import { by, half, key, kind, nth, signIn, times, type By, type Kinds } from './kind.js';
import { onDoc, watched, withDoc, type OnDoc } from './on-document.js';

export interface Share {
  id: string;
  token: string;
  doc: Doc;
  hasPassword: boolean;
}

const PASSWORD = 'correct horse battery staple';

interface Terms {
  password: boolean;
  maxDownloads?: number;
  key?: number;
}
const terms = { password: fc.boolean(), maxDownloads: half(fc.integer({ min: 1, max: 2 })), key };

async function createShare(player: Player, doc: Doc, as: number, { password, maxDownloads, key: idempotency }: Terms): Promise<void> {
  const reply = await player.call({
    method: 'POST', path: `${doc.path}/shares`, as,
    body: { expiresIn: 600, ...(password && { password: PASSWORD }), ...(maxDownloads && { maxDownloads }) },
    headers: player.idempotencyKey(idempotency), isRepeatable: idempotency !== undefined,
  });
  if (reply.status !== 201 || player.shares.some(({ id }) => id === reply.body.id)) return;
  player.shares.push({ id: reply.body.id, token: reply.body.token, doc, hasPassword: password });
}

const open = (player: Player, { token }: Share, password?: string): Promise<unknown> =>
  player.call({ method: password === undefined ? 'GET' : 'POST', path: `/v1/shares/${token}`, ...(password !== undefined && { body: { password } }) });

export const shareSteps: Kinds = {
  'share.create': kind<OnDoc & Terms>(3, { ...onDoc, ...terms }, withDoc((doc, step, player, as) => createShare(player, doc, as, step))),
  /** A document that is shared and opened, each call through another replica. */
  'share.publish': kind<{ as: number; maxDownloads?: number }>(2, { as: signIn, maxDownloads: terms.maxDownloads }, async ({ as, maxDownloads }, player) => {
    const doc = await createDocument(player, { as, name: 'shared', size: 3 });
    if (!doc) return;
    await publish(player, doc);
    await createShare(player, doc, as, { password: false, maxDownloads });
  }),
  /** A link is passed on. */
  'share.open': kind<{ share: number; password: 'none' | 'right' | 'wrong'; times: number }>(
    5,
    { share: nth, password: fc.constantFrom('none', 'right', 'right', 'wrong'), times },
    async ({ share: index, password, times: count }, player) => {
      const share = player.shares[index % Math.max(1, player.shares.length)];
      for (let i = 0; share && i < count; i += 1) await open(player, share, !share.hasPassword || password === 'none' ? undefined : password === 'right' ? PASSWORD : 'guess');
    },
  ),
  'share.list': kind(1, onDoc, withDoc((doc, _, player, as) => player.call({ method: 'GET', path: `${doc.path}/shares`, as, isRepeatable: true }))),
  /** Whoever has the link goes on trying it. */
  'share.revoke': kind<{ by: By; share: number }>(2, { by, share: nth }, async (step, player) => {
    const share = player.shares[step.share % Math.max(1, player.shares.length)];
    if (!share) return;
    const as = step.by === 'owner' ? share.doc.as : step.by;
    await watched(
      () => open(player, share, share.hasPassword ? PASSWORD : undefined),
      () => player.call({ method: 'DELETE', path: `${share.doc.path}/shares/${share.id}`, as, isRepeatable: true }),
    );
  }),
};
