import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { CurrentUser, type User } from '../auth/current-user.js';
import { Answers } from '../common/answers.js';
import { documentId } from './documents.controller.js';
import { DownloadsService, type Download } from './downloads.service.js';

const downloadQuery = z.strictObject({
  disposition: z.enum(['attachment', 'inline']).default('attachment'),
  version: z.string().min(1).max(64).optional(),
});
const download = z.object({ url: z.url(), expiresAt: z.iso.datetime() }).meta({ id: 'Download' });

@ApiTags('Documents')
@ApiBearerAuth()
@Controller('v1/documents')
export class DownloadsController {
  constructor(private readonly downloads: DownloadsService) {}

  /** A body and no redirect: a redirect would carry the bearer token to S3. */
  @Get(':id/download')
  @Answers('not-ready')
  @ApiOperation({ summary: 'A short-lived address of the bytes' })
  @ApiOkResponse({ standardSchema: download })
  download(
    @CurrentUser() user: User,
    @Param('id', { schema: documentId }) id: string,
    @Query({ schema: downloadQuery }) query: z.infer<typeof downloadQuery>,
  ): Promise<Download> {
    return this.downloads.download(user.userId, id, query);
  }
}
