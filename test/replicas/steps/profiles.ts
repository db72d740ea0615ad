import fc from 'fast-check';
import { kind, match, signIn, text, times, USERS, type Kinds, type Match } from './kind.js';

const etagOf = (actor: number): string => `profile ${actor % USERS}`;

export const profileSteps: Kinds = {
  'profile.put': kind<{ as: number; name: string; match: Match }>(3, { as: signIn, name: text, match }, (step, player) =>
    player.call({
      method: 'PUT', path: '/v1/profiles/me', as: step.as, body: { displayName: step.name },
      headers: player.ifMatch(step.match, etagOf(step.as)), keepsEtag: etagOf(step.as),
    }),
  ),
  'profile.patch': kind<{ as: number; bio: string; match: Match }>(3, { as: signIn, bio: text, match }, (step, player) =>
    player.call({
      method: 'PATCH', path: '/v1/profiles/me', as: step.as, body: { bio: step.bio },
      headers: player.ifMatch(step.match, etagOf(step.as)), keepsEtag: etagOf(step.as),
    }),
  ),
  'profile.get': kind<{ as: number; revalidate: boolean }>(4, { as: signIn, revalidate: fc.boolean() }, (step, player) => {
    const etag = player.etags.get(etagOf(step.as));
    const headers = step.revalidate && etag ? { 'if-none-match': etag } : undefined;
    return player.call({ method: 'GET', path: '/v1/profiles/me', as: step.as, headers, keepsEtag: etagOf(step.as), isRepeatable: true });
  }),
  /** What a form does: reads, changes what was read, creates it when there is nothing yet, and shows how others see it. */
  'profile.edit': kind<{ as: number; bio: string }>(6, { as: signIn, bio: text }, async ({ as, bio }, player) => {
    const path = '/v1/profiles/me';
    const { status } = await player.call({ method: 'GET', path, as, keepsEtag: etagOf(as), isRepeatable: true });
    if (status === 404) await player.call({ method: 'PUT', path, as, body: { displayName: bio, bio }, keepsEtag: etagOf(as) });
    if (status === 200) await player.call({ method: 'PATCH', path, as, body: { displayName: bio, bio }, headers: player.ifMatch('current', etagOf(as)), keepsEtag: etagOf(as) });
    await player.call({ method: 'GET', path: `/v1/profiles/${player.users[as % USERS]}`, as, isRepeatable: true });
  }),
  /** A name beside each of somebody's comments. */
  'profile.card': kind<{ as: number; of: number; times: number }>(4, { as: signIn, of: fc.constantFrom(0, 0, 0, 1, 2), times }, async ({ as, of, times: count }, player) => {
    for (let i = 0; i < count; i += 1) await player.call({ method: 'GET', path: `/v1/profiles/${player.users[of]}`, as, isRepeatable: true });
  }),
};
