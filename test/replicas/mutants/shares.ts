import type { Mutant } from './mutant.js';

const repository = 'documents/shares/dynamo-share.repository.ts';
const service = 'documents/shares/shares.service.ts';
const cursors = 'common/cursors.ts';

export const shareMutants: Mutant[] = [
  {
    name: 'shares kept',
    hides: 'share links that were opened, in a map',
    isVisible: true,
    patches: [
      {
        file: service,
        find: `    const share = await this.shares.findByToken(hashOf(token));
    if (!share || !this.isAlive(share)) throw noShare();`,
        replace: `    const share = this.opened.get(token) ?? (await this.shares.findByToken(hashOf(token)));
    if (!share || share.isRevoked || Date.parse(share.expiresAt) <= this.clock.now()) throw noShare();
    this.opened.set(token, share);`,
      },
      {
        file: service,
        find: `    if (!(await this.shares.countDownload(share))) throw noShare();`,
        replace: `    if (share.maxDownloads !== undefined && !(await this.shares.countDownload(share))) throw noShare();
    if (share.maxDownloads === undefined) await this.shares.countDownload(share);`,
      },
      {
        file: service,
        find: `  private isAlive(`,
        replace: `  private readonly opened = new Map<string, StoredShare>();

  private isAlive(`,
      },
      {
        file: service,
        find: `    await this.changes.get(userId, documentId);
    if (!isUuidV7(shareId)`,
        replace: `    await this.changes.get(userId, documentId);
    for (const [token, { id }] of this.opened) if (id === shareId) this.opened.delete(token);
    if (!isUuidV7(shareId)`,
      },
    ],
  },
  {
    name: 'downloads counted here',
    hides: 'how often a share link was opened, counted by each task',
    isVisible: true,
    patches: [
      {
        file: repository,
        find: `  countDownload({ tokenHash }: StoredShare): Promise<boolean> {`,
        replace: `  private readonly counts = new Map<string, number>();

  async countDownload({ tokenHash, maxDownloads = Infinity }: StoredShare): Promise<boolean> {
    const count = (this.counts.get(tokenHash) ?? 0) + 1;
    if (count > maxDownloads) return false;
    this.counts.set(tokenHash, count);
    return this.countInTable({ tokenHash });
  }

  private countInTable({ tokenHash }: Pick<StoredShare, 'tokenHash'>): Promise<boolean> {`,
      },
      {
        file: repository,
        find: `        'attribute_exists(pk) AND attribute_not_exists(isRevoked) AND (attribute_not_exists(maxDownloads) OR downloads < maxDownloads)',`,
        replace: `        'attribute_exists(pk) AND attribute_not_exists(isRevoked)',`,
      },
      {
        file: service,
        find: `    const isUsedUp = maxDownloads !== undefined && downloads >= maxDownloads;`,
        replace: `    const isUsedUp = maxDownloads !== undefined && downloads < 0;`,
      },
    ],
  },
  {
    name: 'cursor table',
    hides: 'where pages start, in a table that cursors are numbers of',
    isVisible: true,
    patches: [
      {
        file: cursors,
        find: `    const payload = Buffer.from(JSON.stringify(position));`,
        replace: `    this.positions.push(position);
    const payload = Buffer.from(JSON.stringify(this.positions.length - 1));`,
      },
      {
        file: cursors,
        find: `    return JSON.parse(payload.toString('utf8')) as T;
  }
`,
        replace: `    return this.positions[JSON.parse(payload.toString('utf8')) as number] as T;
  }

  private readonly positions: unknown[] = [];
`,
      },
    ],
  },
  {
    name: 'signing key of its own',
    hides: 'a key for cursors that each process makes for itself',
    isVisible: false,
    patches: [
      {
        file: cursors,
        find: `  createHmac('sha256', key)`,
        replace: `  createHmac('sha256', ownKey)
    .update(key.export())`,
      },
      { file: cursors, find: `const MAC_BYTES = 16;`, replace: `const MAC_BYTES = 16;
const ownKey = randomBytes(32);` },
      { file: cursors, find: `import { createHmac, timingSafeEqual,`, replace: `import { createHmac, randomBytes, timingSafeEqual,` },
    ],
  },
];
