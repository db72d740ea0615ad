import { signInEnded } from '../auth/sign-outs.js';
import { stale } from '../common/preconditions.js';
import type { MemorySignInRepository } from './memory-sign-in.repository.js';
import { SessionRepository } from './session.repository.js';
import type { Session } from './session.js';

const keyOf = (userId: string, signInId: string): string => `${userId} ${signInId}`;

/** The fake for tests, beside the fake of sign-ins. */
export class MemorySessionRepository extends SessionRepository {
  readonly stored = new Map<string, Session>();

  constructor(private readonly signIns: MemorySignInRepository) {
    super();
    signIns.onEnd = (userId, id) => this.stored.delete(keyOf(userId, id));
  }

  async find(userId: string, signInId: string): Promise<Session | undefined> {
    return structuredClone(this.stored.get(keyOf(userId, signInId)));
  }

  async save(next: Session, previous?: Session): Promise<void> {
    const { userId, signInId, updatedAt } = next;
    const signIn = await this.signIns.find(userId, signInId);
    const current = this.stored.get(keyOf(userId, signInId));
    const isExpected = previous
      ? current?.version === previous.version && current.createdAt === previous.createdAt
      : current === undefined || current.expiresAt <= updatedAt;
    if (!isExpected) throw stale();
    if (!signIn) throw signInEnded();
    this.stored.set(keyOf(userId, signInId), structuredClone(next));
  }

  async slide({ userId, signInId, createdAt, expiresAt: old }: Session, expiresAt: string): Promise<void> {
    const current = this.stored.get(keyOf(userId, signInId));
    if (current?.createdAt === createdAt && current.expiresAt === old) current.expiresAt = expiresAt;
  }
}
