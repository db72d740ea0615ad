import type { Operation } from './history.js';
import type { Register, RegisterInput, RegisterOutput } from './versioned-register.js';

type RegisterOperation = Operation<RegisterInput, RegisterOutput>;

/** A small seeded generator (mulberry32), so that a failing history can be made again. */
export function randomFrom(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Clients that use atomic registers, each operation taking effect at one moment between its start and its end. */
export function simulate(options: {
  seed: number;
  operations: number;
  clients: number;
  keys: number;
  /** Share of operations whose answer is lost. */
  lost: number;
}): RegisterOperation[] {
  const random = randomFrom(options.seed);
  const registers = new Map<string, Register>();
  const free = Array.from({ length: options.clients }, () => 0);
  const planned = Array.from({ length: options.operations }, (_, index) => {
    const client = index % options.clients;
    const start = free[client]! + random();
    const effect = start + random() * 3;
    const end = effect + random() * 3;
    free[client] = end;
    return { client, key: `user-${Math.floor(random() * options.keys)}`, start, effect, end };
  }).sort((a, b) => a.effect - b.effect);
  return planned.map(({ client, key, start, end }, index) => {
    const state = registers.get(key);
    const input = choose(random, state, `value-${index}`);
    const lost = random() < options.lost;
    if (lost && random() < 0.5) return { client, key, input, start };
    const output = apply(registers, key, input);
    return lost ? { client, key, input, start } : { client, key, input, start, end, output };
  });
}

function choose(random: () => number, state: Register | undefined, value: string): RegisterInput {
  const pick = random();
  if (pick < 0.5) return { do: 'read' };
  if (pick < 0.6 || !state) return { do: 'create', value };
  return { do: 'replace', expected: pick < 0.9 ? state.version : state.version - 1, value };
}

function apply(registers: Map<string, Register>, key: string, input: RegisterInput): RegisterOutput {
  const state = registers.get(key);
  if (input.do === 'read') return state ? { status: 200, ...state } : { status: 404 };
  if (input.do === 'create' ? state !== undefined : state?.version !== input.expected)
    return { status: input.do === 'create' ? 428 : 412 };
  const after = { version: (state?.version ?? 0) + 1, value: input.value };
  registers.set(key, after);
  return { status: state ? 200 : 201, ...after };
}
