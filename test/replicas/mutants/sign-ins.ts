import type { Mutant } from './mutant.js';

const sessions = 'sessions/sessions.service.ts';
const signIns = 'sessions/sign-ins.service.ts';
const signOuts = 'sessions/session-sign-outs.ts';

export const signInMutants: Mutant[] = [
  {
    name: 'sign-outs not heard of',
    hides: 'verdicts on sign-ins, for an hour instead of a second',
    isVisible: false,
    patches: [{ file: 'auth/sign-in-checks.ts', find: `const MAX_AGE_MS = 900;`, replace: `const MAX_AGE_MS = 3_600_000;` }],
  },
  {
    name: 'session in a closure',
    hides: 'the data of sign-ins, in variables of a closure',
    isVisible: true,
    patches: [
      {
        file: sessions,
        find: `    const stored = await this.sessions.find(userId, signInId);`,
        replace: `    const stored = memory.get(signInId) ?? (await this.sessions.find(userId, signInId));`,
      },
      { file: sessions, find: `    await this.sessions.save(next, current);`, replace: `    memory.set(signInId, next);` },
      {
        file: sessions,
        find: `export interface TaggedSession {`,
        replace: `const memory = (() => {
  const kept = new Map<string, Session>();
  return {
    get: (id: string): Session | undefined => kept.get(id),
    set: (id: string, session: Session): void => void kept.set(id, session),
  };
})();

export interface TaggedSession {`,
      },
    ],
  },
  {
    name: 'sign-outs kept here',
    hides: 'sign-ins that have ended, in a set of the task that ended them',
    isVisible: true,
    patches: [
      {
        file: signIns,
        find: `    const isKnown = id.length <= LONGEST_NAME && (await this.endOne(userId, id));`,
        replace: `    const isKnown = id.length <= LONGEST_NAME && ((await this.signIns.find(userId, id)) !== undefined || ended.has(id));
    if (isKnown) ended.add(id);`,
      },
      {
        file: signIns,
        find: `import { SignInRepository,`,
        replace: `import { ended } from './session-sign-outs.js';
import { SignInRepository,`,
      },
      {
        file: signOuts,
        find: `    try {
      await this.admit(user, userAgentOf(userAgent));`,
        replace: `    try {
      if (ended.has(user.signInId)) throw signInEnded();
      await this.admit(user, userAgentOf(userAgent));`,
      },
      { file: signOuts, find: `const ATTEMPTS = 4;`, replace: `const ATTEMPTS = 4;
export const ended = new Set<string>();` },
    ],
  },
  {
    name: 'answers kept by key',
    hides: 'answers to Idempotency-Keys, in a map of the task that gave them',
    isVisible: true,
    patches: [
      {
        file: 'idempotency/idempotency.ts',
        find: `    if (!request) return this.attempt(undefined, creation);`,
        replace: `    if (!request) return this.attempt(undefined, creation);
    const place = JSON.stringify([request.userId, request.key]);
    const known = this.answers.get(place);
    if (known && known.text !== canonicalRequest(request)) throw reused();
    if (known) return { kept: known.kept as Kept<K>, body: await creation.again(known.kept as Kept<K>), isReplay: true };
    const made = await this.attempt(undefined, creation);
    this.answers.set(place, { text: canonicalRequest(request), kept: made.kept });
    if (this.answers.size > 0) return made;`,
      },
      {
        file: 'idempotency/idempotency.ts',
        find: `  private claimOf(`,
        replace: `  private readonly answers = new Map<string, { text: string; kept: Kept }>();

  private claimOf(`,
      },
    ],
  },
  {
    name: 'rate limiter in memory',
    hides: 'how many requests an address has made, counted by each task',
    isVisible: false,
    patches: [
      {
        file: 'rate-limit/fallback-rate-limits.ts',
        find: `    if (!this.shared) return this.takeLocally(subject, policies);`,
        replace: `    if (subject !== '') return { ...this.takeLocally(subject, policies), isLocal: false };`,
      },
    ],
  },
];
