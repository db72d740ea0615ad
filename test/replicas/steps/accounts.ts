import { setTimeout as delay } from 'node:timers/promises';
import type { Player, Reply } from '../player.js';
import { kind, signIn, type Kinds } from './kind.js';

/** Tokens tell in whole seconds when their sign-in began: one that is later than an erasure is so by more than that. */
const LATER_MS = 1_100;

interface Export {
  signIns: object[];
  sessions: object[];
  requests: object[];
  documents: { shares: { createdAt: string }[] }[];
}

/** Rows lie by random ids: what is alike in both worlds is what they say, and the order in which they were made. */
function inOrder({ body }: Reply, player: Player): void {
  if (typeof body?.documents !== 'object') return;
  const { signIns, sessions, requests, documents } = body as Export;
  for (const rows of [signIns, sessions, requests]) rows.sort((a, b) => (said(a, player) < said(b, player) ? -1 : 1));
  for (const { shares } of documents) shares.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
}

const said = (row: object, player: Player): string => JSON.stringify(player.rename(row));

export const accountSteps: Kinds = {
  'account.export': kind<{ as: number }>(1, { as: signIn }, ({ as }, player) =>
    player.call({ method: 'GET', path: '/v1/account/export', as, isRepeatable: true, prepare: inOrder }),
  ),
  /** The old sign-in is refused from then on; a new one finds nothing. */
  'account.erase': kind<{ as: number }>(1, { as: signIn }, async ({ as }, player) => {
    const { status } = await player.call({ method: 'DELETE', path: '/v1/account', as });
    if (status !== 202) return;
    await player.call({ method: 'GET', path: '/v1/profiles/me', as, isRepeatable: true });
    await delay(LATER_MS);
    player.signInAnew(as);
    for (const path of ['/v1/profiles/me', '/v1/documents', '/v1/documents/usage']) await player.call({ method: 'GET', path, as, isRepeatable: true });
  }),
};
