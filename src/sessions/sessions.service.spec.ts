import { beforeEach, describe, expect, it } from '@jest/globals';
import type { User } from '../auth/current-user.js';
import { Clock } from '../common/clock.js';
import { MemorySessionRepository } from './memory-session.repository.js';
import { MemorySignInRepository } from './memory-sign-in.repository.js';
import { SessionsService } from './sessions.service.js';
import { aSignIn } from './sign-in.repository.contract.js';

const DAY = 86_400_000;

class StoppedClock extends Clock {
  at = Date.parse('2026-01-01T00:00:00.000Z');
  now(): number {
    return this.at;
  }
}

class CountedSessions extends MemorySessionRepository {
  slides = 0;
  override slide(...of: Parameters<MemorySessionRepository['slide']>) {
    this.slides += 1;
    return super.slide(...of);
  }
}

const failure = (kind: string) => expect.objectContaining({ kind });

describe('the sessions service', () => {
  let clock: StoppedClock;
  let sessions: CountedSessions;
  let service: SessionsService;
  const ada = { userId: 'ada', signInId: 'phone' } as User;
  beforeEach(async () => {
    clock = new StoppedClock();
    const signIns = new MemorySignInRepository();
    await signIns.record(aSignIn({ userId: 'ada', id: 'phone' }), {});
    sessions = new CountedSessions(signIns);
    service = new SessionsService(sessions, clock);
  });

  const stored = async () => service.put(ada, { a: 1 }, { ifMatch: (await service.get(ada)).etag });

  it('is there from the beginning, with a tag that can be matched', async () => {
    const { view, etag } = await service.get(ada);
    expect(view).toEqual({ data: {}, expiresAt: '2026-01-31T00:00:00.000Z' });
    expect((await service.put(ada, { a: 1 }, { ifMatch: etag })).view.data).toEqual({ a: 1 });
    await expect(service.put(ada, { b: 1 }, { ifMatch: etag })).rejects.toEqual(failure('stale'));
  });

  it('needs If-Match', async () => {
    await expect(service.put(ada, {}, {})).rejects.toEqual(failure('precondition-required'));
    await expect(service.patch(ada, {}, {})).rejects.toEqual(failure('precondition-required'));
  });

  it('slides after a tenth of its life has gone, without moving the tag', async () => {
    const { etag } = await stored();
    clock.at += 3 * DAY - 1;
    for (let i = 0; i < 5; i += 1) expect((await service.get(ada)).view.expiresAt).toBe('2026-01-31T00:00:00.000Z');
    expect(sessions.slides).toBe(0);
    clock.at += 1;
    for (let i = 0; i < 5; i += 1) expect(await service.get(ada)).toEqual({ etag, view: { data: { a: 1 }, expiresAt: '2026-02-03T00:00:00.000Z' } });
    expect(sessions.slides).toBe(1);
    expect((await service.patch(ada, { a: null, b: 2 }, { ifMatch: etag })).view.data).toEqual({ b: 2 });
  });

  it('is empty again once it has expired, and no old tag fits what begins after that', async () => {
    const { etag } = await stored();
    clock.at += 30 * DAY;
    expect((await service.get(ada)).view.data).toEqual({});
    await expect(service.put(ada, { late: 1 }, { ifMatch: etag })).rejects.toEqual(failure('stale'));
    await stored();
    await expect(service.put(ada, { late: 1 }, { ifMatch: etag })).rejects.toEqual(failure('stale'));
  });

  it('holds 32 KiB and not a byte more, patched or put', async () => {
    const { etag } = await service.get(ada);
    const full = { text: 'x'.repeat(32 * 1_024 - '{"text":""}'.length) };
    await expect(service.put(ada, { text: `${full.text}x` }, { ifMatch: etag })).rejects.toEqual(failure('too-large'));
    const next = await service.put(ada, full, { ifMatch: etag });
    await expect(service.patch(ada, { more: '' }, { ifMatch: next.etag })).rejects.toEqual(failure('too-large'));
    expect((await service.get(ada)).view.data).toEqual(full);
  });

  it('nests sixteen levels and not one more', async () => {
    const { etag } = await service.get(ada);
    const nested = (levels: number): any => (levels === 1 ? {} : { a: nested(levels - 1) });
    await expect(service.put(ada, nested(17), { ifMatch: etag })).rejects.toEqual(failure('validation'));
    await service.put(ada, nested(16), { ifMatch: etag });
  });
});
