import { Injectable } from '@nestjs/common';
import { isKind } from '../../common/app-error.js';
import { Clock } from '../../common/clock.js';
import type { Sweeper, SweepOptions } from '../../common/sweeper.js';
import { DocumentRepository, type Leftover } from '../document.repository.js';
import { DocumentsService } from '../documents.service.js';
import { Leftovers } from '../leftovers.js';
import { ShareRepository } from '../shares/share.repository.js';
import { UploadsService } from '../uploads/uploads.service.js';
import { DueItems, type DueItem } from './due-items.js';

/** What a sweep did, or in a dry run would do. */
export type SweepReport = Record<'expiredUploads' | 'removedDocuments' | 'clearedLeftovers' | 'forgottenShares' | 'failures', number>;

type Outcome = keyof SweepReport;

/**
 * Finishes what is due: uploads that nobody went on with, trash and rejected documents past their time, bytes that nothing
 * needs, shares that have expired. Every step is a conditional change that is safe to repeat, so that sweeps may run in
 * parallel and be killed anywhere.
 */
@Injectable()
export class DocumentSweeper implements Sweeper {
  constructor(
    private readonly items: DueItems,
    private readonly documents: DocumentRepository,
    private readonly service: DocumentsService,
    private readonly uploads: UploadsService,
    private readonly leftovers: Leftovers,
    private readonly shares: ShareRepository,
    private readonly clock: Clock,
  ) {}

  /** One thing that fails does not keep the others from being done; the next sweep tries it again. */
  async sweep({ dryRun = false, onProgress = () => undefined }: SweepOptions = {}): Promise<SweepReport> {
    const report: SweepReport = { expiredUploads: 0, removedDocuments: 0, clearedLeftovers: 0, forgottenShares: 0, failures: 0 };
    const now = this.clock.timestamp();
    for await (const item of this.items.due(now)) {
      try {
        for (const outcome of await this.finish(item, now, dryRun)) {
          report[outcome] += 1;
          onProgress({ outcome, item: nameOf(item) });
        }
      } catch (error) {
        report.failures += 1;
        onProgress({ outcome: 'failures', item: nameOf(item), error: error instanceof Error ? error.name : 'unknown error' });
      }
    }
    return report;
  }

  private async finish(item: DueItem, now: string, dryRun: boolean): Promise<Outcome[]> {
    if (item.kind === 'document') return this.finishDocument(item.userId, item.id, now, dryRun);
    if (item.kind === 'share') return this.forgetShare(item.tokenHash, now, dryRun);
    if (!dryRun) {
      await this.leftovers.clear(item.leftover);
      await this.items.settle(item.leftover);
    }
    return ['clearedLeftovers'];
  }

  private async finishDocument(userId: string, id: string, now: string, dryRun: boolean): Promise<Outcome[]> {
    const document = await this.documents.find(userId, id);
    if (!document) return [];
    const { upload, removeAt } = document;
    if (removeAt !== undefined && removeAt <= now) {
      if (!dryRun) await this.remove(userId, id, now);
      return ['removedDocuments'];
    }
    if (upload.state !== 'open' || upload.dueAt > now) return [];
    if (!dryRun) await this.uploads.expire(userId, id, now);
    return ['expiredUploads'];
  }

  /** Its owner may take it out of the trash at the last moment. */
  private async remove(userId: string, id: string, now: string): Promise<void> {
    try {
      await this.service.removeWhen(userId, id, ({ removeAt }) => removeAt !== undefined && removeAt <= now);
    } catch (error) {
      if (!isKind(error, 'not-found') && !isKind(error, 'conflict')) throw error;
    }
  }

  private async forgetShare(tokenHash: string, now: string, dryRun: boolean): Promise<Outcome[]> {
    const share = await this.shares.findByToken(tokenHash);
    if (!share || share.expiresAt > now) return [];
    if (!dryRun) await this.shares.remove(share);
    return ['forgottenShares'];
  }
}

const pathOfLeftover = ({ userId, documentId, versionId }: Leftover): string => [userId, documentId, versionId].filter(Boolean).join('/');

function nameOf(item: DueItem): string {
  if (item.kind === 'document') return `${item.userId}/${item.id}`;
  return item.kind === 'leftover' ? pathOfLeftover(item.leftover) : 'a share';
}
