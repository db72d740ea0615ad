import type { Page } from '../common/page.js';
import { recentKeyOf } from './session-items.js';
import { SignInRepository, type SignInPageRequest, type SignInPosition } from './sign-in.repository.js';
import type { Endings, Mark, SignIn } from './sign-in.js';

const keyOf = (userId: string, id: string): string => `${userId} ${id}`;

/** The fake for tests: keeps every promise of the port but the one to survive. */
export class MemorySignInRepository extends SignInRepository {
  /** Called when a sign-in ends, so that its data can go with it. */
  onEnd: (userId: string, id: string) => void = () => undefined;
  readonly goingOn = new Map<string, SignIn>();
  readonly ended = new Map<string, number>();
  readonly marks = new Map<string, Mark>();

  async find(userId: string, id: string): Promise<SignIn | undefined> {
    return structuredClone(this.goingOn.get(keyOf(userId, id)));
  }

  async endings(userId: string, id: string): Promise<Endings> {
    const mark = this.marks.get(userId);
    const endedBefore = this.ended.get(keyOf(userId, id));
    return { ...(mark && { mark: { ...mark } }), ...(endedBefore !== undefined && { endedBefore }) };
  }

  async record(signIn: SignIn, judgedBy: Endings): Promise<boolean> {
    const key = keyOf(signIn.userId, signIn.id);
    const isJudged = this.marks.get(signIn.userId)?.id === judgedBy.mark?.id && this.ended.get(key) === judgedBy.endedBefore;
    if (!isJudged || this.goingOn.has(key)) return false;
    this.goingOn.set(key, structuredClone(signIn));
    return true;
  }

  async touch({ userId, id, lastSeenAt, expiresAt, userAgent }: SignIn): Promise<void> {
    const stored = this.goingOn.get(keyOf(userId, id));
    if (stored && stored.lastSeenAt < lastSeenAt) Object.assign(stored, { lastSeenAt, expiresAt, ...(userAgent !== undefined && { userAgent }) });
  }

  async end(userId: string, id: string, endedBefore: number): Promise<boolean> {
    const key = keyOf(userId, id);
    if (!this.goingOn.delete(key)) return this.ended.has(key);
    this.ended.set(key, endedBefore);
    this.onEnd(userId, id);
    return true;
  }

  async setMark(userId: string, { id, before, closedAt }: Mark): Promise<void> {
    const mark = this.marks.get(userId);
    const closed = closedAt ?? mark?.closedAt;
    this.marks.set(userId, { id, before: Math.max(before, mark?.before ?? 0), ...(closed !== undefined && { closedAt: closed }) });
  }

  async list(userId: string, { limit, after }: SignInPageRequest): Promise<Page<SignIn, SignInPosition>> {
    const newestFirst = [...this.goingOn.values()]
      .filter((signIn) => signIn.userId === userId && (!after || recentKeyOf(signIn) < after.after))
      .sort((a, b) => (recentKeyOf(a) < recentKeyOf(b) ? 1 : -1));
    const items = newestFirst.slice(0, limit).map((signIn) => structuredClone(signIn));
    const last = items.at(-1);
    return { items, ...(last && newestFirst.length > limit && { next: { after: recentKeyOf(last) } }) };
  }
}
