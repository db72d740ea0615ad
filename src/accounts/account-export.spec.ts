import { describe, expect, it } from '@jest/globals';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { Clock } from '../common/clock.js';
import { OwnedDocuments } from '../documents/erasure/owned-documents.js';
import { MemoryProfileRepository } from '../profiles/memory-profile.repository.js';
import { MemorySignInRepository } from '../sessions/memory-sign-in.repository.js';
import { MemorySessionRepository } from '../sessions/memory-session.repository.js';
import { MemoryUserRecords } from '../sessions/memory-user-records.js';
import { AccountExport } from './account-export.js';
import { RequestRecords, type RequestRecord } from './request-records.js';

class StoppedClock extends Clock {
  now(): number {
    return Date.parse('2026-01-02T03:04:05.678Z');
  }
}

/** As many documents as wanted, each made when it is asked for. */
class ManyDocuments extends OwnedDocuments {
  made = 0;
  closed = false;
  failsAt = Number.POSITIVE_INFINITY;

  constructor(private readonly count: number) {
    super(undefined as never, undefined as never, undefined as never);
  }

  override async usage() {
    return { documents: this.count, bytes: 0, pendingUploads: 0 };
  }

  override async *export() {
    try {
      while (this.made < this.count) {
        if (this.made === this.failsAt) throw new Error('the table is gone');
        this.made += 1;
        yield { id: this.made, name: 'x'.repeat(100) };
      }
    } finally {
      this.closed = true;
    }
  }
}

class NoRequests extends RequestRecords {
  async *of(): AsyncIterable<RequestRecord> {}
  async removeAll(): Promise<void> {}
}

function exportOf(documents: OwnedDocuments, profiles = new MemoryProfileRepository()): AccountExport {
  const signIns = new MemorySignInRepository();
  return new AccountExport(profiles, documents, new MemoryUserRecords(signIns, new MemorySessionRepository(signIns)), new NoRequests(), new StoppedClock());
}

describe('an export', () => {
  it('of 100,000 documents is never ahead of its reader by more than a few, and is whole', async () => {
    const documents = new ManyDocuments(100_000);
    const stream = Readable.from(await exportOf(documents).begin('ada'), { objectMode: false });
    let text = '';
    let furthest = 0;
    let read = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      const piece = chunk.toString();
      text += piece;
      read += piece.split('"name"').length - 1;
      furthest = Math.max(furthest, documents.made - read);
    }
    expect(furthest).toBeLessThan(1_000);
    expect(JSON.parse(text)).toMatchObject({ userId: 'ada', profile: null, usage: { documents: 100_000 }, documents: { length: 100_000 } });
  });

  it('is not begun when the first piece cannot be read', async () => {
    const profiles = new MemoryProfileRepository();
    profiles.find = () => Promise.reject(new Error('the table is gone'));
    await expect(exportOf(new ManyDocuments(1), profiles).begin('ada')).rejects.toThrow('the table is gone');
  });

  it('that fails in the middle destroys its stream', async () => {
    const documents = new ManyDocuments(100);
    documents.failsAt = 50;
    const stream = Readable.from(await exportOf(documents).begin('ada'), { objectMode: false });
    await expect(stream.toArray()).rejects.toThrow('the table is gone');
    expect(stream.destroyed).toBe(true);
  });

  it('stops reading when its reader leaves', async () => {
    const documents = new ManyDocuments(100_000);
    const stream = Readable.from(await exportOf(documents).begin('ada'), { objectMode: false });
    for await (const _ of stream as AsyncIterable<Buffer>) if (documents.made > 10) break;
    await finished(stream).catch(() => undefined);
    expect(documents.closed).toBe(true);
    expect(documents.made).toBeLessThan(1_000);
  });
});
