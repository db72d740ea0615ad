import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { OwnedDocuments } from '../documents/erasure/owned-documents.js';
import { ProfileRepository } from '../profiles/profile.repository.js';
import { detached } from '../resilience/budget.js';
import { UserRecords } from '../sessions/user-records.js';
import { RequestRecords } from './request-records.js';

/** Small pieces are sent together. */
const CHUNK_LENGTH = 16 * 1_024;

/** Everything that is held on a user, as the text of one JSON object: piece by piece, so that memory holds a page at a time. */
@Injectable()
export class AccountExport {
  private readonly logger = new Logger('Accounts');

  constructor(
    private readonly profiles: ProfileRepository,
    private readonly documents: OwnedDocuments,
    private readonly records: UserRecords,
    private readonly requests: RequestRecords,
    private readonly clock: Clock,
  ) {}

  /**
   * Resolves when the first piece could be read. The rest may reject in the middle: an export that was cut short is never a whole
   * JSON document.
   */
  async begin(userId: string): Promise<AsyncIterable<string>> {
    const pieces = this.pieces(userId);
    const first = await pieces.next();
    // What follows takes as long as the reader does, and ends when the reader leaves: not with the budget of a request.
    const rest: AsyncIterator<string> = {
      next: () => detached(() => pieces.next()),
      return: (value) => pieces.return(value),
      throw: (error) => pieces.throw(error),
    };
    return this.chunks(String(first.value), { [Symbol.asyncIterator]: () => rest });
  }

  private async *chunks(first: string, rest: AsyncIterable<string>): AsyncIterable<string> {
    let text = first;
    try {
      for await (const piece of rest) {
        text += piece;
        if (text.length < CHUNK_LENGTH) continue;
        yield text;
        text = '';
      }
      yield text;
    } catch (error) {
      const hasReaderLeft = error instanceof Error && error.name === 'AbortError';
      if (!hasReaderLeft) this.logger.error({ message: 'An export was cut short.', err: error });
      throw error;
    }
  }

  private async *pieces(userId: string): AsyncGenerator<string, void> {
    const head = {
      userId,
      exportedAt: this.clock.timestamp(),
      profile: (await this.profiles.find(userId)) ?? null,
      usage: await this.documents.usage(userId),
    };
    yield JSON.stringify(head).slice(0, -1);
    yield* member('signIns', without(this.records.signIns(userId), 'userId', 'after', 'markId'));
    yield* member('sessions', without(this.records.sessions(userId), 'userId'));
    yield* member('requests', this.requests.of(userId));
    yield* member('documents', this.documents.export(userId));
    yield '}\n';
  }
}

async function* member(name: string, values: AsyncIterable<object>): AsyncIterable<string> {
  yield `,${JSON.stringify(name)}:[`;
  let separator = '\n';
  for await (const value of values) {
    yield separator + JSON.stringify(value);
    separator = ',\n';
  }
  yield ']';
}

/** Leaves out what is ours, not the user's. */
async function* without(values: AsyncIterable<object>, ...names: string[]): AsyncIterable<object> {
  for await (const value of values) yield Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}
