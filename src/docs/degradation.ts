import { ROUTE_CLASSES, type RouteClass } from '../resilience/route-class.js';

/** What can happen to a dependency, as a client of it sees it. */
export const FAULTS = {
  slow: 'every answer comes 300 ms late',
  hung: 'connections are taken and nothing is answered',
  errors: 'every request is answered 500 (the cache: an error)',
  throttled: 'every request is refused as one too many',
  replyLost: 'requests are carried out, then the connection is closed without an answer',
  readonly: 'the primary has become a replica and refuses writes',
  reset: 'every connection is reset',
} as const;
export type Fault = keyof typeof FAULTS;

/** The faults that each dependency can have. */
export const FAULTS_OF = {
  dynamodb: ['slow', 'hung', 'errors', 'throttled', 'replyLost', 'reset'],
  s3: ['slow', 'hung', 'errors', 'throttled', 'replyLost', 'reset'],
  cache: ['slow', 'hung', 'errors', 'throttled', 'replyLost', 'readonly', 'reset'],
  jwks: ['slow', 'hung', 'errors', 'throttled', 'reset'],
  secretsManager: ['slow', 'hung', 'errors', 'throttled', 'reset'],
  cognito: ['slow', 'hung', 'errors', 'throttled', 'replyLost', 'reset'],
} as const satisfies Record<string, readonly Fault[]>;
export type Dependency = keyof typeof FAULTS_OF;

export interface Behaviour {
  /**
   * `usual`: what the route answers without the fault. `unavailable`: 503 with `Retry-After`. `either`: one of the two and nothing
   * else, so never a 409 or 412 that the client did not cause.
   */
  answers: 'usual' | 'unavailable' | 'either';
  /** Until the whole answer, on a task that is not overloaded. */
  withinMs: number;
  stillWorks: string;
}

type Row = Record<RouteClass, Behaviour>;
export type DegradationMatrix = { [D in Dependency]: { [F in (typeof FAULTS_OF)[D][number]]: Row } };

const usual = (withinMs = 1_000, stillWorks = 'everything'): Behaviour => ({ answers: 'usual', withinMs, stillWorks });
const either = (withinMs: number, stillWorks: string): Behaviour => ({ answers: 'either', withinMs, stillWorks });
const unavailable = (withinMs: number, stillWorks: string): Behaviour => ({ answers: 'unavailable', withinMs, stillWorks });

const untouched: Row = {
  health: usual(),
  docs: usual(),
  read: usual(),
  write: usual(),
  create: usual(),
  upload: usual(),
  remove: usual(),
  bulk: usual(10_500),
};

const row = (changes: Partial<Row>): Row => ({ ...untouched, ...changes });

/** One behaviour for all that needs the tables. */
const tables = (behaviour: Behaviour): Row =>
  row({ read: behaviour, write: behaviour, create: behaviour, upload: behaviour, remove: behaviour, bulk: behaviour });

const FROM_MEMORY = 'health, the description of the API';
const NOTHING_LOST = 'what was acknowledged is stored, what was not may be sent again';

const bytes = (upload: Behaviour): Row =>
  row({
    upload,
    remove: usual(4_500, 'the document goes at once; its bytes are left to the sweeper'),
    bulk: either(10_500, 'profile, sessions and documents; erasing is finished by the sweeper'),
  });

const WITHOUT_BYTES = 'profiles, sessions, lists, changes of documents, download addresses (S3 itself answers those)';

/** A write that finds the cache gone makes sure that no task believes it any more: about a second, once per task. */
const cacheLost: Row = row({
  read: usual(1_000, 'reads come from the tables'),
  write: usual(2_500, 'changes; the first one of a task takes about a second longer'),
  create: usual(2_500, 'as changes'),
  upload: usual(3_500, 'as changes'),
  remove: usual(3_500, 'as changes'),
});

const KEYS_KEPT = 'tokens signed by keys that the task knows; a task that starts meanwhile is not ready, and says why';
const keysKept: Row = row({ read: usual(1_000, KEYS_KEPT), write: usual(1_000, KEYS_KEPT), create: usual(1_000, KEYS_KEPT) });

const SECRET_KEPT = 'the last good secret is used; a task that starts meanwhile is not ready, and says why';
const secretKept: Row = row({ read: usual(1_000, SECRET_KEPT), write: usual(1_000, SECRET_KEPT), create: usual(1_000, SECRET_KEPT) });

const SIGN_OUT_STORED = 'our own sign-outs; ending the refresh tokens in the pool may have to be asked again';
const poolLost: Row = row({ write: either(3_000, SIGN_OUT_STORED), bulk: either(10_500, SIGN_OUT_STORED) });

const each = <F extends Fault>(faults: readonly F[], behaviour: Row): Record<F, Row> =>
  Object.fromEntries(faults.map((fault) => [fault, behaviour])) as Record<F, Row>;

/**
 * What a client can expect of each kind of route while one dependency fails and the others do not: described in OpenAPI and in
 * docs/degradation.md, and each cell is tested (test/faults).
 */
export const DEGRADATION: DegradationMatrix = {
  dynamodb: {
    slow: tables(either(4_500, 'everything, slower; what needs many calls in a row may be refused')),
    hung: tables(either(3_000, `${FROM_MEMORY}; reads that the cache may still answer for up to a second`)),
    errors: tables(either(3_000, `${FROM_MEMORY}; reads that the cache may still answer for up to a second`)),
    throttled: tables(either(3_000, `${FROM_MEMORY}; whatever of it succeeds: ${NOTHING_LOST}`)),
    replyLost: tables(either(3_000, NOTHING_LOST)),
    reset: tables(either(3_000, FROM_MEMORY)),
  },
  s3: {
    slow: bytes(either(3_500, 'everything, slower; what needs many calls in a row may be refused')),
    hung: bytes(unavailable(2_000, WITHOUT_BYTES)),
    errors: bytes(unavailable(2_000, WITHOUT_BYTES)),
    throttled: bytes(unavailable(2_000, WITHOUT_BYTES)),
    replyLost: bytes(either(2_000, `${WITHOUT_BYTES}; completing again finds what was done`)),
    reset: bytes(unavailable(2_000, WITHOUT_BYTES)),
  },
  cache: each(FAULTS_OF.cache, cacheLost),
  jwks: each(FAULTS_OF.jwks, keysKept),
  secretsManager: each(FAULTS_OF.secretsManager, secretKept),
  cognito: each(FAULTS_OF.cognito, poolLost),
};

export interface DegradationCell extends Behaviour {
  dependency: Dependency;
  fault: Fault;
  routeClass: RouteClass;
}

/** Every cell, to iterate over. */
export const degradationCells = (): DegradationCell[] =>
  Object.entries(DEGRADATION).flatMap(([dependency, faults]) =>
    Object.entries(faults as Record<string, Row>).flatMap(([fault, classes]) =>
      Object.entries(classes).map(
        ([routeClass, behaviour]) => ({ dependency, fault, routeClass, ...behaviour }) as DegradationCell,
      ),
    ),
  );

/** The extension of an operation in OpenAPI: its kind, and what it answers other than usual while a dependency fails. */
export function describeDegradation(routeClass: RouteClass): object {
  const whileFailing: Partial<Record<Dependency, Partial<Record<Fault, Omit<Behaviour, 'stillWorks'>>>>> = {};
  for (const { dependency, fault, routeClass: of, answers, withinMs } of degradationCells()) {
    if (of === routeClass && answers !== 'usual') (whileFailing[dependency] ??= {})[fault] = { answers, withinMs };
  }
  return { routeClass, withinMs: ROUTE_CLASSES[routeClass].budgetMs, whileFailing };
}
