import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import type { Player } from '../player.js';
import { kind, match, signIn, SIGN_INS, text, type Kinds, type Match } from './kind.js';

const etagOf = (as: number): string => `session ${as}`;

/** Every task refuses a sign-in that has ended within this. Milliseconds. */
const SIGN_OUT_MS = 1_000;

async function signOut(player: Player, as: number, path: string): Promise<void> {
  await player.call({ method: 'DELETE', path, as });
  if (player.isDisturbed) await delay(SIGN_OUT_MS);
}

export const sessionSteps: Kinds = {
  'session.get': kind<{ as: number }>(3, { as: signIn }, ({ as }, player) =>
    player.call({ method: 'GET', path: '/v1/session', as, keepsEtag: etagOf(as), isRepeatable: true }),
  ),
  'session.put': kind<{ as: number; value: string; match: Match }>(3, { as: signIn, value: text, match }, ({ as, value, match: kindOfMatch }, player) =>
    player.call({ method: 'PUT', path: '/v1/session', as, body: { value }, headers: player.ifMatch(kindOfMatch, etagOf(as)), keepsEtag: etagOf(as) }),
  ),
  'session.patch': kind<{ as: number; value: string; match: Match }>(3, { as: signIn, value: text, match }, ({ as, value, match: kindOfMatch }, player) =>
    player.call({ method: 'PATCH', path: '/v1/session', as, body: { more: value }, headers: player.ifMatch(kindOfMatch, etagOf(as)), keepsEtag: etagOf(as) }),
  ),
  'session.edit': kind<{ as: number; value: string }>(4, { as: signIn, value: text }, async ({ as, value }, player) => {
    const path = '/v1/session';
    const { status } = await player.call({ method: 'GET', path, as, keepsEtag: etagOf(as), isRepeatable: true });
    if (status === 200) await player.call({ method: 'PATCH', path, as, body: { value }, headers: player.ifMatch('current', etagOf(as)), keepsEtag: etagOf(as) });
  }),
  'session.list': kind<{ as: number }>(2, { as: signIn }, ({ as }, player) =>
    player.call({ method: 'GET', path: '/v1/sessions', as, isRepeatable: true }),
  ),
  'session.signOut': kind<{ as: number; everywhere: boolean }>(1, { as: signIn, everywhere: fc.boolean() }, ({ as, everywhere }, player) =>
    signOut(player, as, everywhere ? '/v1/sessions' : '/v1/session'),
  ),
  'session.end': kind<{ as: number; which: number }>(1, { as: signIn, which: fc.nat({ max: SIGN_INS - 1 }) }, ({ as, which }, player) =>
    signOut(player, as, `/v1/sessions/${player.signIns[which]}`),
  ),
};
