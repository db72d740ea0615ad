import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { CurrentUser, type User } from '../../auth/current-user.js';
import { Answers } from '../../common/answers.js';
import { Conditions } from '../../common/preconditions.decorator.js';
import type { Preconditions } from '../../common/preconditions.js';
import { answerOnce } from '../../idempotency/answer-once.js';
import { Idempotency } from '../../idempotency/idempotency.js';
import { contentInput, type ContentInput } from '../document.js';
import { ticketed, ticketedCreation, type TicketedBody } from '../uploads/ticketed.js';
import { UploadsService } from '../uploads/uploads.service.js';
import { VersionsService } from './versions.service.js';

const documentId = z.string().meta({ format: 'uuid' });
const entry = z
  .object({
    id: z.uuidv7(),
    version: z.int().meta({ description: "The document's version that published it." }),
    contentType: z.string(),
    size: z.int(),
    checksumSha256: z.string().optional(),
    createdAt: z.iso.datetime(),
    current: z.boolean(),
  })
  .meta({ id: 'DocumentVersion' });
const history = z.object({ items: z.array(entry) }).meta({ id: 'DocumentHistory' });

@ApiTags('Versions')
@ApiBearerAuth()
@Controller('v1/documents')
export class VersionsController {
  constructor(
    private readonly versions: VersionsService,
    private readonly uploads: UploadsService,
    private readonly idempotency: Idempotency,
  ) {}

  @Post(':id/versions')
  @Answers('not-ready', 'conflict', 'quota-exceeded')
  @ApiOperation({ summary: 'Promise new content and get the ticket to upload it' })
  @ApiCreatedResponse({ standardSchema: ticketed })
  begin(
    @CurrentUser() { userId }: User,
    @Param('id', { schema: documentId }) id: string,
    @Body({ schema: contentInput }) input: ContentInput,
    @Conditions() conditions: Preconditions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TicketedBody> {
    const creation = ticketedCreation(this.uploads, userId, (receiptOf) => this.versions.begin(userId, id, input, conditions, receiptOf));
    return answerOnce(this.idempotency, reply, userId, creation);
  }

  @Get(':id/versions')
  @ApiOperation({ summary: 'The versions kept, newest first' })
  @ApiOkResponse({ standardSchema: history })
  async list(
    @CurrentUser() user: User,
    @Param('id', { schema: documentId }) id: string,
  ): Promise<z.infer<typeof history>> {
    return { items: await this.versions.history(user.userId, id) };
  }
}
