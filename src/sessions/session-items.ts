import { createHash } from 'node:crypto';
import type { Session } from './session.js';
import type { Mark, SignIn } from './sign-in.js';

export type Item = Record<string, unknown>;

/** Sort keys; the partition is the user. Only sign-ins that go on have a `recentKey`, and so a place in the index `recent`. */
export const keys = {
  signIn: (id: string) => `S#${id}`,
  ended: (id: string) => `E#${id}`,
  data: (signInId: string) => `D#${signInId}`,
  mark: 'MARK',
} as const;

/** DynamoDB's TTL is in epoch seconds. It only tidies up: readers go by `expiresAt`. */
export const ttlOf = (expiresAt: string): number => Math.ceil(Date.parse(expiresAt) / 1_000);

export const recentKeyOf = ({ createdAt, id }: SignIn): string => `${createdAt}#${id}`;

export const signInItem = (signIn: SignIn): Item => {
  const { userId, ...rest } = signIn;
  return { pk: userId, sk: keys.signIn(signIn.id), ...rest, recentKey: recentKeyOf(signIn), ttl: ttlOf(signIn.expiresAt) };
};

export function toSignIn({ pk, sk: _sk, recentKey: _recent, ttl: _ttl, ...rest }: Item): SignIn {
  return { userId: pk, ...rest } as SignIn;
}

export const toMark = ({ markId, before, closedAt }: Item): Mark => ({
  id: String(markId),
  before: Number(before),
  ...(closedAt !== undefined && { closedAt: closedAt as string }),
});

/** Shards of the index `due`: what an erasure has still to do. */
export const DUE_SHARDS = Array.from({ length: 16 }, (_, shard) => shard.toString(16));

export const dueShardOf = (userId: string): string => createHash('sha256').update(userId).digest('hex').slice(0, 1);

/** Data is stored as text: DynamoDB's numbers and names are narrower than JSON's. */
export const sessionItem = ({ userId, signInId, data, ...rest }: Session, writeId: string): Item => ({
  pk: userId,
  sk: keys.data(signInId),
  signInId,
  ...rest,
  data: JSON.stringify(data),
  ttl: ttlOf(rest.expiresAt),
  writeId,
});

export function toSession({ pk, sk: _sk, ttl: _ttl, writeId: _write, data, ...rest }: Item): Session {
  return { userId: pk, ...rest, data: JSON.parse(String(data)) } as Session;
}
