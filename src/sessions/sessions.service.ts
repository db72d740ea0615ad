import { Injectable } from '@nestjs/common';
import type { User } from '../auth/current-user.js';
import { Clock } from '../common/clock.js';
import type { JsonObject } from '../common/json.js';
import { mergePatch } from '../common/merge-patch.js';
import { requireMatch, type Preconditions } from '../common/preconditions.js';
import { assertFits, sessionEtag, type Session, type SessionView } from './session.js';
import { SessionRepository } from './session.repository.js';
import { SIGN_IN_MS } from './sign-in.js';

/** The expiry slides when this share of the life has gone: a reader costs ten writes in it at most. */
const SLIDE_MS = SIGN_IN_MS / 10;

export interface TaggedSession {
  view: SessionView;
  etag: string;
}

/** The data of a sign-in. It is there from the beginning, empty and unstored. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly sessions: SessionRepository,
    private readonly clock: Clock,
  ) {}

  async get({ userId, signInId }: User): Promise<TaggedSession> {
    const session = await this.find(userId, signInId);
    return this.tagged(signInId, session && (await this.slid(session)));
  }

  put(user: User, data: JsonObject, conditions: Preconditions): Promise<TaggedSession> {
    return this.change(user, conditions, () => data);
  }

  /** JSON merge patch (RFC 7396) on the data. */
  patch(user: User, patch: JsonObject, conditions: Preconditions): Promise<TaggedSession> {
    return this.change(user, conditions, (data) => mergePatch(data, patch) as JsonObject);
  }

  private async change({ userId, signInId }: User, conditions: Preconditions, apply: (data: JsonObject) => JsonObject): Promise<TaggedSession> {
    const current = await this.find(userId, signInId);
    requireMatch(conditions, sessionEtag(signInId, current));
    const data = apply(current?.data ?? {});
    assertFits(data);
    const updatedAt = this.clock.timestamp();
    const next: Session = {
      userId,
      signInId,
      data,
      version: (current?.version ?? 0) + 1,
      createdAt: current?.createdAt ?? updatedAt,
      updatedAt,
      expiresAt: this.expiry(),
    };
    await this.sessions.save(next, current);
    return this.tagged(signInId, next);
  }

  private async find(userId: string, signInId: string): Promise<Session | undefined> {
    const stored = await this.sessions.find(userId, signInId);
    return stored && stored.expiresAt > this.clock.timestamp() ? stored : undefined;
  }

  private async slid(session: Session): Promise<Session> {
    if (Date.parse(session.expiresAt) - this.clock.now() > SIGN_IN_MS - SLIDE_MS) return session;
    const expiresAt = this.expiry();
    await this.sessions.slide(session, expiresAt);
    return { ...session, expiresAt };
  }

  private tagged(signInId: string, session: Session | undefined): TaggedSession {
    const { data = {}, expiresAt = this.expiry() } = session ?? {};
    return { view: { data, expiresAt }, etag: sessionEtag(signInId, session) };
  }

  private expiry(): string {
    return this.clock.timestamp(this.clock.now() + SIGN_IN_MS);
  }
}
