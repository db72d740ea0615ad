import type { MemorySessionRepository } from './memory-session.repository.js';
import type { MemorySignInRepository } from './memory-sign-in.repository.js';
import type { Session } from './session.js';
import type { SignIn } from './sign-in.js';
import { UserRecords, type Closure } from './user-records.js';

/** The fake for tests, beside the fakes whose records it reads. */
export class MemoryUserRecords extends UserRecords {
  private readonly recheckAt = new Map<string, string>();

  constructor(
    private readonly ofSignIns: MemorySignInRepository,
    private readonly ofSessions: MemorySessionRepository,
  ) {
    super();
  }

  async *signIns(userId: string): AsyncIterable<SignIn> {
    yield* [...this.ofSignIns.goingOn.values()].filter((signIn) => signIn.userId === userId);
  }

  async *sessions(userId: string): AsyncIterable<Session> {
    yield* [...this.ofSessions.stored.values()].filter((session) => session.userId === userId);
  }

  async removeAll(userId: string): Promise<void> {
    for (const map of [this.ofSignIns.goingOn, this.ofSignIns.ended, this.ofSessions.stored]) {
      for (const key of map.keys()) if (key.startsWith(`${userId} `)) map.delete(key);
    }
  }

  async isClosed(userId: string): Promise<boolean> {
    return this.ofSignIns.marks.get(userId)?.closedAt !== undefined;
  }

  async *due(now: string): AsyncIterable<Closure> {
    for (const [userId, { closedAt }] of this.ofSignIns.marks) {
      const dueAt = closedAt ?? this.recheckAt.get(userId);
      if (dueAt !== undefined && dueAt <= now) yield { userId, dueAt, ...(closedAt !== undefined && { closedAt }) };
    }
  }

  async reopen(userId: string, closedAt: string, dueAt: string): Promise<void> {
    const mark = this.ofSignIns.marks.get(userId);
    if (mark?.closedAt !== closedAt) return;
    delete mark.closedAt;
    this.recheckAt.set(userId, dueAt);
  }

  async settle({ userId, dueAt }: Closure): Promise<void> {
    if (!(await this.isClosed(userId)) && this.recheckAt.get(userId) === dueAt) this.recheckAt.delete(userId);
  }
}
