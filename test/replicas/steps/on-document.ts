import type { Player } from '../player.js';
import type { Doc } from './document-memory.js';
import { by, nth, type By } from './kind.js';

export type OnDoc = { by: By; doc: number };
export const onDoc = { by, doc: nth };

/** Makes a step of something that is done to one of the documents; without any document nothing happens. */
export const withDoc =
  <S extends OnDoc>(act: (doc: Doc, step: S, player: Player, as: number) => Promise<unknown>) =>
  async (step: S, player: Player): Promise<unknown> => {
    const doc = player.docs[step.doc % Math.max(1, player.docs.length)];
    return doc && act(doc, step, player, step.by === 'owner' ? doc.as : step.by);
  };

/** Several windows look at something, before one of them changes it and afterwards: each look is another replica's. */
export async function watched(look: () => Promise<unknown>, change: () => Promise<unknown>): Promise<void> {
  await look();
  await change();
  await look();
  await look();
}
