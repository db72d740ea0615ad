import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { CurrentUser, type User } from '../../auth/current-user.js';
import { Answers } from '../../common/answers.js';
import { Cursors } from '../../common/cursors.js';
import { listed } from '../../common/list-reply.js';
import { pageQuery } from '../../common/page.js';
import { answerOnce } from '../../idempotency/answer-once.js';
import { Idempotency } from '../../idempotency/idempotency.js';
import { newShare, share, shareInput, toShare, type NewShare, type ShareInput } from './share.js';
import type { SharePosition } from './share.repository.js';
import { shareCreation } from './share-creation.js';
import { SharesService } from './shares.service.js';

const id = z.string().meta({ format: 'uuid' });
const listQuery = z.strictObject(pageQuery);
const sharePage = z.object({ items: z.array(share), nextCursor: z.string().optional() }).meta({ id: 'SharePage' });

/** Links to a document, from its owner's side. */
@ApiTags('Shares')
@ApiBearerAuth()
@Controller('v1/documents')
export class SharesController {
  constructor(
    private readonly shares: SharesService,
    private readonly cursors: Cursors,
    private readonly idempotency: Idempotency,
  ) {}

  @Post(':id/shares')
  @Answers('not-ready')
  @ApiOperation({ summary: 'Share a document by a link; the token is told only here' })
  @ApiCreatedResponse({ standardSchema: newShare })
  create(
    @CurrentUser() { userId }: User,
    @Param('id', { schema: id }) documentId: string,
    @Body({ schema: shareInput }) input: ShareInput,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NewShare> {
    const { protocol, host } = reply.request;
    const creation = shareCreation(`${protocol}://${host}/v1/shares/`, (receiptOf) => this.shares.create(userId, documentId, input, receiptOf));
    return answerOnce(this.idempotency, reply, userId, creation);
  }

  @Get(':id/shares')
  @ApiOperation({ summary: 'The links that still work, newest first' })
  @ApiOkResponse({ standardSchema: sharePage })
  async list(
    @CurrentUser() user: User,
    @Param('id', { schema: id }) documentId: string,
    @Query({ schema: listQuery }) { limit, cursor }: z.infer<typeof listQuery>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof sharePage>> {
    const scope = { userId: user.userId, query: ['shares', documentId] };
    const after = cursor === undefined ? undefined : await this.cursors.open<SharePosition>(cursor, scope);
    const { items, next } = await this.shares.list(user.userId, documentId, { limit, after });
    return listed(reply, { items: items.map(toShare), next }, (position) => this.cursors.seal(position, scope));
  }

  @Delete(':id/shares/:shareId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke a link at once' })
  @ApiNoContentResponse()
  async revoke(
    @CurrentUser() user: User,
    @Param('id', { schema: id }) documentId: string,
    @Param('shareId', { schema: id }) shareId: string,
  ): Promise<void> {
    await this.shares.revoke(user.userId, documentId, shareId);
  }
}
