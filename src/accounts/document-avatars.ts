import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { DownloadsService } from '../documents/downloads.service.js';
import { Avatars } from '../profiles/avatars.js';

/** A user's picture is a document of theirs. One that cannot be shown now is no picture, and no failure of the profile. */
@Injectable()
export class DocumentAvatars extends Avatars {
  constructor(private readonly downloads: DownloadsService) {
    super();
  }

  async urlOf(userId: string, documentId: string): Promise<string | undefined> {
    try {
      return (await this.downloads.download(userId, documentId, { disposition: 'inline' })).url;
    } catch (error) {
      if (error instanceof AppError && (error.kind === 'not-found' || error.kind === 'not-ready')) return undefined;
      throw error;
    }
  }
}
