import { DeleteCommand, paginateQuery, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { batchGet } from '../../aws/batch-get.js';
import { toContent, toStoredDocument, type Item } from '../document-items.js';
import { shareKeyOf, toShare } from '../shares/dynamo-share.repository.js';
import { OwnerRows, type OwnedDocument } from './owner-rows.js';

const PAGE = 100;
const AT_ONCE = 20;

/** Rows of one kind, `X#<document>#…`, in the order of their documents, one page at a time. */
class Rows {
  private page: Item[] = [];
  private readonly pages: AsyncIterator<Item[]>;

  constructor(pages: AsyncIterable<Item[]>) {
    this.pages = pages[Symbol.asyncIterator]();
  }

  /** The rows of a document; those of documents before it are passed over. */
  async of(documentId: string): Promise<Item[]> {
    const found: Item[] = [];
    for (;;) {
      const row = await this.first();
      if (row === undefined || documentOf(row) > documentId) return found;
      this.page.shift();
      if (documentOf(row) === documentId) found.push(row);
    }
  }

  private async first(): Promise<Item | undefined> {
    while (this.page.length === 0) {
      const { value, done } = await this.pages.next();
      if (done) return undefined;
      this.page = value;
    }
    return this.page[0];
  }
}

const documentOf = ({ sk }: Item): string => String(sk).split('#')[1] ?? '';

export class DynamoOwnerRows extends OwnerRows {
  constructor(
    private readonly db: DynamoDBDocumentClient,
    private readonly table: string,
  ) {
    super();
  }

  async *documents(userId: string): AsyncIterable<OwnedDocument> {
    const versions = new Rows(this.pages(userId, 'V#'));
    const shares = new Rows(this.sharePages(userId));
    for await (const page of this.pages(userId, 'D#')) {
      for (const document of page.map(toStoredDocument)) {
        const history = (await versions.of(document.id)).map(toContent).reverse();
        yield { document, versions: history, shares: (await shares.of(document.id)).map(({ share }) => toShare(share as Item)) };
      }
    }
  }

  async removeAll(userId: string, signal?: AbortSignal): Promise<void> {
    for await (const page of this.pages(userId)) {
      signal?.throwIfAborted();
      for (let i = 0; i < page.length; i += AT_ONCE) await Promise.all(page.slice(i, i + AT_ONCE).map((row) => this.remove(row)));
    }
  }

  /** A share first: its row is what leads to it. */
  private async remove({ pk, sk, tokenHash }: Item): Promise<void> {
    if (String(sk).startsWith('S#')) await this.delete(shareKeyOf(String(tokenHash)));
    await this.delete({ pk, sk });
  }

  private async delete(Key: Item): Promise<void> {
    await this.db.send(new DeleteCommand({ TableName: this.table, Key }));
  }

  private async *sharePages(userId: string): AsyncIterable<Item[]> {
    for await (const page of this.pages(userId, 'S#')) {
      const found = await batchGet(this.db, this.table, page.map(({ tokenHash }) => shareKeyOf(String(tokenHash))));
      const byHash = new Map(found.map((share) => [share['tokenHash'], share]));
      yield page.filter(({ tokenHash }) => byHash.has(tokenHash)).map((row) => ({ ...row, share: byHash.get(row['tokenHash']) }));
    }
  }

  private async *pages(userId: string, prefix?: string): AsyncIterable<Item[]> {
    const pages = paginateQuery(
      { client: this.db, pageSize: PAGE },
      {
        TableName: this.table,
        KeyConditionExpression: `pk = :user${prefix === undefined ? '' : ' AND begins_with(sk, :prefix)'}`,
        ExpressionAttributeValues: { ':user': userId, ...(prefix !== undefined && { ':prefix': prefix }) },
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) yield Items;
  }
}
