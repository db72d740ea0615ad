import type { Operation } from './history.js';
import type { CounterInput, CounterOutput } from './limited-counter.js';
import type { CreateInput, CreateOutput } from './idempotent-create.js';
import type { RegisterInput, RegisterOutput } from './versioned-register.js';

/** A history whose verdict is known by hand; `why` says what decides it. */
export interface Known<Input, Output> {
  why: string;
  linearizable: boolean;
  history: Operation<Input, Output>[];
}

const during =
  <Input, Output>() =>
  (start: number, end: number | undefined, input: Input, output?: Output, key = 'k'): Operation<Input, Output> => ({
    client: 0,
    key,
    input,
    start,
    ...(end === undefined ? {} : { end, output: output as Output }),
  });

const register = during<RegisterInput, RegisterOutput>();
const read = { do: 'read' } as const;
const create = (value: string) => ({ do: 'create', value }) as const;
const replace = (expected: number, value: string) => ({ do: 'replace', expected, value }) as const;
const seen = (version: number, value: string) => ({ status: 200, version, value }) as const;
const made = (value: string) => ({ status: 201, version: 1, value }) as const;
const refused = (status: 404 | 412 | 428) => ({ status });

export const registerHistories: Known<RegisterInput, RegisterOutput>[] = [
  { why: 'nothing happened', linearizable: true, history: [] },
  {
    why: 'a read after the create sees it',
    linearizable: true,
    history: [register(0, 1, create('a'), made('a')), register(2, 3, read, seen(1, 'a'))],
  },
  {
    why: 'a read after the create misses it (stale cache)',
    linearizable: false,
    history: [register(0, 1, create('a'), made('a')), register(2, 3, read, refused(404))],
  },
  {
    why: 'a read beside the create may miss it',
    linearizable: true,
    history: [register(0, 3, create('a'), made('a')), register(1, 2, read, refused(404))],
  },
  {
    why: 'two creates at once, one refused',
    linearizable: true,
    history: [register(0, 3, create('a'), made('a')), register(1, 2, create('b'), refused(428))],
  },
  {
    why: 'two creates both succeed (check and write apart)',
    linearizable: false,
    history: [register(0, 3, create('a'), made('a')), register(1, 2, create('b'), made('b'))],
  },
  {
    why: 'two replaces of one version both succeed (lost update)',
    linearizable: false,
    history: [
      register(0, 1, create('a'), made('a')),
      register(2, 5, replace(1, 'b'), seen(2, 'b')),
      register(3, 4, replace(1, 'c'), seen(2, 'c')),
    ],
  },
  {
    why: 'two replaces of one version, the loser is told it is stale',
    linearizable: true,
    history: [
      register(0, 1, create('a'), made('a')),
      register(2, 5, replace(1, 'b'), refused(412)),
      register(3, 4, replace(1, 'c'), seen(2, 'c')),
      register(6, 7, read, seen(2, 'c')),
    ],
  },
  {
    why: 'a retried replace that had succeeded is answered stale although nobody else wrote',
    linearizable: false,
    history: [
      register(0, 1, create('a'), made('a')),
      register(2, 3, replace(1, 'b'), refused(412)),
      register(4, 5, read, seen(2, 'b')),
    ],
  },
  {
    why: 'two reads in order see new, then old (cache filled late)',
    linearizable: false,
    history: [
      register(0, 1, create('a'), made('a')),
      register(2, 9, replace(1, 'b'), seen(2, 'b')),
      register(3, 4, read, seen(2, 'b')),
      register(5, 6, read, seen(1, 'a')),
    ],
  },
  {
    why: 'two overlapping reads may see new and old either way round',
    linearizable: true,
    history: [
      register(0, 1, create('a'), made('a')),
      register(2, 9, replace(1, 'b'), seen(2, 'b')),
      register(3, 6, read, seen(2, 'b')),
      register(4, 7, read, seen(1, 'a')),
    ],
  },
  {
    why: 'an unanswered replace took effect',
    linearizable: true,
    history: [
      register(0, 1, create('a'), made('a')),
      register(2, undefined, replace(1, 'b')),
      register(3, 4, read, seen(1, 'a')),
      register(5, 6, read, seen(2, 'b')),
    ],
  },
  {
    why: 'an unanswered replace never took effect',
    linearizable: true,
    history: [
      register(0, 1, create('a'), made('a')),
      register(2, undefined, replace(1, 'b')),
      register(3, 4, replace(1, 'c'), seen(2, 'c')),
      register(5, 6, read, seen(2, 'c')),
    ],
  },
  {
    why: 'an unanswered replace took effect and was then lost',
    linearizable: false,
    history: [
      register(0, 1, create('a'), made('a')),
      register(2, undefined, replace(1, 'b')),
      register(3, 4, read, seen(2, 'b')),
      register(5, 6, read, seen(1, 'a')),
    ],
  },
  {
    why: 'an effect is seen before it was asked for',
    linearizable: false,
    history: [
      register(0, 1, create('a'), made('a')),
      register(2, 3, read, seen(2, 'b')),
      register(4, undefined, replace(1, 'b')),
    ],
  },
  {
    why: 'a version is skipped',
    linearizable: false,
    history: [register(0, 1, create('a'), made('a')), register(2, 3, replace(1, 'b'), seen(3, 'b'))],
  },
  {
    why: 'a right key does not excuse a wrong one',
    linearizable: false,
    history: [
      register(0, 1, create('a'), made('a'), 'alice'),
      register(2, 3, create('b'), made('b'), 'bob'),
      register(4, 5, read, seen(1, 'a'), 'bob'),
    ],
  },
];

const counter = during<CounterInput, CounterOutput>();
const take = { do: 'take', amount: 1 } as const;

/** With a limit of 2. */
export const counterHistories: Known<CounterInput, CounterOutput>[] = [
  {
    why: 'two of three takes fit',
    linearizable: true,
    history: [
      counter(0, 5, take, { taken: true }),
      counter(1, 6, take, { taken: false }),
      counter(2, 3, take, { taken: true }),
      counter(7, 8, { do: 'read' }, { used: 2 }),
    ],
  },
  {
    why: 'three takes succeed past the limit (counted per replica)',
    linearizable: false,
    history: [0, 1, 2].map((start) => counter(start, 9, take, { taken: true })),
  },
  {
    why: 'a take is refused with room left',
    linearizable: false,
    history: [counter(0, 1, take, { taken: true }), counter(2, 3, take, { taken: false })],
  },
  {
    why: 'a refused take is explained by an unanswered one',
    linearizable: true,
    history: [
      counter(0, 1, take, { taken: true }),
      counter(2, undefined, take),
      counter(3, 4, take, { taken: false }),
    ],
  },
  {
    why: 'a read forgets a take (lost increment)',
    linearizable: false,
    history: [
      counter(0, 3, take, { taken: true }),
      counter(1, 2, take, { taken: true }),
      counter(4, 5, { do: 'read' }, { used: 1 }),
    ],
  },
  {
    why: 'what is given back can be taken again',
    linearizable: true,
    history: [
      counter(0, 1, { do: 'take', amount: 2 }, { taken: true }),
      counter(2, 5, { do: 'give-back', amount: 2 }, { taken: true }),
      counter(3, 4, take, { taken: true }),
    ],
  },
];

const creation = during<CreateInput, CreateOutput>();
const post = (body: string) => ({ do: 'create', body }) as const;
const first = (id: string) => ({ status: 201, id, replayed: false }) as const;
const replay = (id: string) => ({ status: 201, id, replayed: true }) as const;
const count = { do: 'count' } as const;

export const creationHistories: Known<CreateInput, CreateOutput>[] = [
  {
    why: 'a retry is answered like the first, another body is refused',
    linearizable: true,
    history: [
      creation(0, 1, post('a'), first('1')),
      creation(2, 3, post('a'), replay('1')),
      creation(4, 5, post('b'), { status: 422 }),
      creation(6, 7, count, { count: 1 }),
    ],
  },
  {
    why: 'a retry creates again (the map of keys lived in a process)',
    linearizable: false,
    history: [creation(0, 1, post('a'), first('1')), creation(2, 3, post('a'), first('2'))],
  },
  {
    why: 'one reply was lost and the retry replays it',
    linearizable: true,
    history: [
      creation(0, undefined, post('a')),
      creation(1, 2, post('a'), replay('1')),
      creation(3, 4, post('a'), replay('1')),
    ],
  },
  {
    why: 'one reply was lost and two retries name different ids',
    linearizable: false,
    history: [
      creation(0, undefined, post('a')),
      creation(1, 2, post('a'), replay('1')),
      creation(3, 4, post('a'), replay('2')),
    ],
  },
  {
    why: 'a retry beside the first is told that it is still running',
    linearizable: true,
    history: [creation(0, 3, post('a'), first('1')), creation(1, 2, post('a'), { status: 409 })],
  },
  {
    why: 'still running, long after it was answered',
    linearizable: false,
    history: [creation(0, 1, post('a'), first('1')), creation(2, 3, post('a'), { status: 409 })],
  },
  {
    why: 'a lost reply left nothing behind, then something after all was counted twice',
    linearizable: false,
    history: [creation(0, undefined, post('a')), creation(1, 2, count, { count: 0 }), creation(3, 4, count, { count: 2 })],
  },
  {
    why: 'a replay of what nobody had asked for',
    linearizable: false,
    history: [creation(0, 1, post('a'), replay('1'))],
  },
];
