import fc from 'fast-check';

/** One API call of a program. Placeholders such as `doc:0` name what earlier steps created; they are resolved per run. */
export type Step =
  | { do: 'profile.put'; user: number; name: string; match: 'none' | 'current' | 'stale' }
  | { do: 'profile.patch'; user: number; bio: string; match: 'none' | 'current' | 'stale' }
  | { do: 'profile.get'; user: number; revalidate: boolean }
  | { do: 'profile.card'; user: number; of: number }
  | { do: 'document.create'; user: number; name: string; size: number; folder?: string; tag?: string; key?: number }
  | { do: 'document.upload'; user: number; doc: number; size: 'right' | 'wrong' }
  | { do: 'document.complete'; user: number; doc: number }
  | { do: 'document.get'; user: number; doc: number }
  | { do: 'document.rename'; user: number; doc: number; name: string; match: 'none' | 'current' | 'stale' }
  | { do: 'document.trash'; user: number; doc: number }
  | { do: 'document.restore'; user: number; doc: number }
  | { do: 'document.erase'; user: number; doc: number }
  | { do: 'document.abort'; user: number; doc: number }
  | { do: 'document.download'; user: number; doc: number }
  | { do: 'document.list'; user: number; limit: number; folder?: string; tag?: string; status?: string }
  | { do: 'document.usage'; user: number }
  | { do: 'session.get'; user: number }
  | { do: 'session.put'; user: number; value: string; match: 'none' | 'current' | 'stale' }
  | { do: 'session.patch'; user: number; value: string; match: 'none' | 'current' | 'stale' }
  | { do: 'session.signOut'; user: number; everywhere: boolean }
  | { do: 'share.create'; user: number; doc: number; password: boolean; maxDownloads?: number; key?: number }
  | { do: 'share.open'; share: number; password: 'none' | 'right' | 'wrong' }
  | { do: 'share.revoke'; user: number; share: number };

/** What happens around a step on the fleet, and never on the lone replica. */
export type Disturbance = 'none' | 'kill-before' | 'kill-during' | 'flush-cache' | 'lose-cache';

export interface ProgramStep {
  step: Step;
  /** Picks the replica: taken modulo how many are alive. */
  replica: number;
  disturbance: Disturbance;
}

export const USERS = 3;
const user = fc.nat({ max: USERS - 1 });
/** Which of the documents (or shares) created so far, modulo their number. */
const nth = fc.nat({ max: 5 });
const match = fc.constantFrom('none' as const, 'current' as const, 'current' as const, 'stale' as const);
const name = fc.constantFrom('report', 'Übersicht', 'plan 🗺️', 'a');
const folder = fc.option(fc.constantFrom('inbox', 'archive'), { nil: undefined });
const tag = fc.option(fc.constantFrom('red', 'blue'), { nil: undefined });
const key = fc.option(fc.nat({ max: 1 }), { nil: undefined });

const weighted: { weight: number; arbitrary: fc.Arbitrary<Step> }[] = [
  { weight: 4, arbitrary: fc.record({ do: fc.constant('profile.put' as const), user, name, match }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('profile.patch' as const), user, bio: name, match }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('profile.get' as const), user, revalidate: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('profile.card' as const), user, of: user }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('document.create' as const), user, name, size: fc.nat({ max: 64 }), folder, tag, key }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('document.upload' as const), user, doc: nth, size: fc.constantFrom('right' as const, 'right' as const, 'right' as const, 'wrong' as const) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('document.complete' as const), user, doc: nth }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('document.get' as const), user, doc: nth }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('document.rename' as const), user, doc: nth, name, match }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('document.trash' as const), user, doc: nth }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('document.restore' as const), user, doc: nth }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('document.erase' as const), user, doc: nth }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('document.abort' as const), user, doc: nth }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('document.download' as const), user, doc: nth }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('document.list' as const),
      user,
      limit: fc.constantFrom(1, 2, 50),
      folder,
      tag,
      status: fc.option(fc.constantFrom('pending', 'ready', 'trashed'), { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('document.usage' as const), user }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('session.get' as const), user }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('session.put' as const), user, value: name, match }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('session.patch' as const), user, value: name, match }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('session.signOut' as const), user, everywhere: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('share.create' as const), user, doc: nth, password: fc.boolean(), maxDownloads: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }), key }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('share.open' as const), share: nth, password: fc.constantFrom('none' as const, 'right' as const, 'wrong' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('share.revoke' as const), user, share: nth }) },
];

const disturbance: fc.Arbitrary<Disturbance> = fc.oneof(
  { weight: 180, arbitrary: fc.constant('none' as const) },
  { weight: 2, arbitrary: fc.constant('flush-cache' as const) },
  { weight: 1, arbitrary: fc.constant('kill-before' as const) },
  { weight: 1, arbitrary: fc.constant('kill-during' as const) },
  { weight: 1, arbitrary: fc.constant('lose-cache' as const) },
);

/** Random programs of up to 14 calls by three users. */
export const program: fc.Arbitrary<ProgramStep[]> = fc.array(
  fc.record({ step: fc.oneof(...weighted), replica: fc.nat({ max: 59 }), disturbance }),
  { minLength: 3, maxLength: 14, size: 'max' },
);
