import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { Clock } from '../../common/clock.js';
import { Ids, isUuidV7 } from '../../common/ids.js';
import type { Page, PageRequest } from '../../common/page.js';
import type { Receipt } from '../../idempotency/receipt.js';
import { DocumentChanges, notFound } from '../document-changes.js';
import { DocumentRepository } from '../document.repository.js';
import { DownloadsService } from '../downloads.service.js';
import { LONGEST_SECONDS, USUAL_SECONDS, type SharedFile, type ShareInput, type StoredShare } from './share.js';
import { hashPassword, isPassword } from './share-password.js';
import { Owners } from './owners.js';
import { ShareRepository, type SharePosition } from './share.repository.js';

/** An address from a share outlives a revocation by no more than this. */
const ADDRESS_SECONDS = 60;
const GUESSES = 10;
const GUESS_WINDOW_MS = 60_000;

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');
const noShare = (): AppError => new AppError('not-found', 'There is no such share.');

export interface MadeShare {
  share: StoredShare;
  token: string;
}

@Injectable()
export class SharesService {
  constructor(
    private readonly shares: ShareRepository,
    private readonly documents: DocumentRepository,
    private readonly changes: DocumentChanges,
    private readonly downloads: DownloadsService,
    private readonly owners: Owners,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** The token is told once and stored as a hash only. */
  async create(
    userId: string,
    documentId: string,
    input: ShareInput,
    receiptOf: (made: MadeShare) => Receipt | undefined = () => undefined,
  ): Promise<MadeShare> {
    const { status } = await this.changes.get(userId, documentId);
    if (status === 'trashed') throw notFound();
    if (status !== 'ready') throw new AppError('not-ready', `The document is ${status}: there is nothing to share.`);
    const token = randomBytes(32).toString('base64url');
    const share: StoredShare = {
      id: this.ids.next(),
      tokenHash: hashOf(token),
      userId,
      documentId,
      createdAt: this.clock.timestamp(),
      expiresAt: this.expiryOf(input),
      ...(input.password !== undefined && { passwordHash: await hashPassword(input.password) }),
      ...(input.maxDownloads !== undefined && { maxDownloads: input.maxDownloads }),
      downloads: 0,
    };
    const made = { share, token };
    if (!(await this.shares.create(share, receiptOf(made)))) throw notFound();
    return made;
  }

  async list(userId: string, documentId: string, page: PageRequest<SharePosition>): Promise<Page<StoredShare, SharePosition>> {
    const { status } = await this.changes.get(userId, documentId);
    if (status === 'trashed') throw notFound();
    const { items, next } = await this.shares.list(userId, documentId, page);
    return { items: items.filter((share) => this.isAlive(share)), next };
  }

  async revoke(userId: string, documentId: string, shareId: string): Promise<void> {
    await this.changes.get(userId, documentId);
    if (!isUuidV7(shareId) || !(await this.shares.revoke(userId, documentId, shareId))) throw noShare();
  }

  /** What the holder of the token gets; each success counts as a download. */
  async open(token: string, password?: string): Promise<SharedFile> {
    const share = await this.shares.findByToken(hashOf(token));
    if (!share || !this.isAlive(share)) throw noShare();
    const document = await this.documents.find(share.userId, share.documentId);
    if (document?.status !== 'ready' || (await this.owners.isClosed(share.userId))) throw noShare();
    if (share.passwordHash !== undefined) await this.unlock(share, share.passwordHash, password);
    if (!(await this.shares.countDownload(share))) throw noShare();
    const seconds = Math.min(ADDRESS_SECONDS, Math.max(1, Math.ceil((Date.parse(share.expiresAt) - this.clock.now()) / 1_000)));
    const { url, expiresAt } = await this.downloads.urlOf(document, 'attachment', seconds);
    const { name, contentType, size } = document;
    return { name, contentType, size, url, expiresAt };
  }

  /** A guess is taken before the password is compared, so that parallel guesses cannot slip through, and given back when right. */
  private async unlock(share: StoredShare, passwordHash: string, password: string | undefined): Promise<void> {
    if (password === undefined) throw new AppError('password-required', 'This share needs a password: POST it.');
    const window = Math.floor(this.clock.now() / GUESS_WINDOW_MS);
    if (!(await this.shares.takeGuess(share, window, GUESSES))) throw this.tooManyGuesses(window);
    if (!(await isPassword(password, passwordHash))) throw new AppError('wrong-password', 'The password is wrong.');
    await this.shares.returnGuess(share, window);
  }

  private tooManyGuesses(window: number): AppError {
    const seconds = Math.ceil(((window + 1) * GUESS_WINDOW_MS - this.clock.now()) / 1_000);
    return new AppError('rate-limited', 'Too many passwords were tried.', { headers: { 'Retry-After': String(Math.max(1, seconds)) } });
  }

  private isAlive({ expiresAt, isRevoked, maxDownloads, downloads }: StoredShare): boolean {
    const isUsedUp = maxDownloads !== undefined && downloads >= maxDownloads;
    return !isRevoked && !isUsedUp && Date.parse(expiresAt) > this.clock.now();
  }

  private expiryOf({ expiresAt, expiresIn = USUAL_SECONDS }: ShareInput): string {
    const now = this.clock.now();
    if (expiresAt === undefined) return this.clock.timestamp(now + expiresIn * 1_000);
    const at = Date.parse(expiresAt);
    if (at > now && at <= now + LONGEST_SECONDS * 1_000) return this.clock.timestamp(at);
    throw new AppError('validation', 'The request is not valid; `errors` says where.', {
      errors: [{ pointer: '/expiresAt', detail: 'must be in the future and no more than 7 days ahead' }],
    });
  }
}
