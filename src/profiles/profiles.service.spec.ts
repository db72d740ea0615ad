import { beforeEach, describe, expect, it } from '@jest/globals';
import { Clock } from '../common/clock.js';
import type { JsonObject } from '../common/json.js';
import { Avatars } from './avatars.js';
import { MemoryProfileRepository } from './memory-profile.repository.js';
import { profileEtag } from './profile.js';
import { ProfilesService } from './profiles.service.js';

class StoppedClock extends Clock {
  at = Date.parse('2026-01-02T03:04:05.678Z');
  now(): number {
    return this.at;
  }
}

class OneAvatar extends Avatars {
  async urlOf(userId: string, documentId: string): Promise<string | undefined> {
    return documentId === 'shown' ? `https://pictures.example/${userId}` : undefined;
  }
}

const failure = (kind: string) => expect.objectContaining({ kind });

describe('the profiles service', () => {
  let clock: StoppedClock;
  let service: ProfilesService;
  beforeEach(() => {
    clock = new StoppedClock();
    service = new ProfilesService(new MemoryProfileRepository(), new OneAvatar(), clock);
  });

  const created = async () => (await service.put('ada', { displayName: 'Ada', bio: 'mathematician' }, {})).profile;

  it('creates a profile at version 1', async () => {
    const { profile, isNew } = await service.put('ada', { displayName: 'Ada' }, {});
    expect(isNew).toBe(true);
    expect(profile).toEqual({
      userId: 'ada',
      displayName: 'Ada',
      version: 1,
      createdAt: '2026-01-02T03:04:05.678Z',
      updatedAt: '2026-01-02T03:04:05.678Z',
    });
  });

  it('raises the version by one per change and keeps the time of creation', async () => {
    const first = await created();
    clock.at += 1_000;
    const next = await service.patch('ada', { bio: null }, { ifMatch: profileEtag(first) });
    expect(next).toEqual({ ...first, bio: undefined, version: 2, updatedAt: '2026-01-02T03:04:06.678Z' });
  });

  it('replaces only what If-Match names', async () => {
    const first = await created();
    await expect(service.put('ada', { displayName: 'B' }, {})).rejects.toEqual(failure('precondition-required'));
    await expect(service.put('ada', { displayName: 'B' }, { ifMatch: '"0-0"' })).rejects.toEqual(failure('stale'));
    const { profile } = await service.put('ada', { displayName: 'B' }, { ifMatch: profileEtag(first) });
    expect(profile.bio).toBeUndefined();
  });

  it('creates only, when asked with If-None-Match: *', async () => {
    await service.put('ada', { displayName: 'Ada' }, { ifNoneMatch: '*' });
    await expect(service.put('ada', { displayName: 'B' }, { ifNoneMatch: '*' })).rejects.toEqual(failure('stale'));
  });

  it('answers 412 to If-Match where there is no profile, and 404 to PATCH', async () => {
    await expect(service.put('ada', { displayName: 'B' }, { ifMatch: '"1"' })).rejects.toEqual(failure('stale'));
    await expect(service.patch('ada', {}, {})).rejects.toEqual(failure('not-found'));
  });

  it('refuses a patch that leaves no valid profile, and changes nothing', async () => {
    const first = await created();
    const conditions = { ifMatch: profileEtag(first) };
    const patches: JsonObject[] = [{ displayName: null }, { version: 9 }, { unknown: null }, { timeZone: 'Mars/Base' }];
    for (const patch of patches) {
      await expect(service.patch('ada', patch, conditions)).rejects.toEqual(failure('validation'));
    }
    expect(await service.get('ada')).toEqual(first);
  });

  it('shows of others only name and picture', async () => {
    await service.put('ada', { displayName: 'Ada', email: 'ada@example.com', avatarDocumentId: 'shown' }, {});
    expect(await service.card('ada')).toEqual({ userId: 'ada', displayName: 'Ada', avatarUrl: 'https://pictures.example/ada' });
    await service.put('eve', { displayName: 'Eve', avatarDocumentId: 'hidden' }, {});
    expect(await service.card('eve')).toEqual({ userId: 'eve', displayName: 'Eve' });
  });
});
