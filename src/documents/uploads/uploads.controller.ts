import { Body, Controller, Delete, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { CurrentUser, type User } from '../../auth/current-user.js';
import { Answers } from '../../common/answers.js';
import { Conditions } from '../../common/preconditions.decorator.js';
import type { Preconditions } from '../../common/preconditions.js';
import { versioned } from '../../common/versioned-reply.js';
import { answerOnce } from '../../idempotency/answer-once.js';
import { Idempotency } from '../../idempotency/idempotency.js';
import { Costs } from '../../resilience/route-class.js';
import { document, documentEtag, documentInput, type Document, type DocumentInput } from '../document.js';
import { toDocument } from '../stored-document.js';
import { CompletionService } from './completion.service.js';
import { MultipartService } from './multipart.service.js';
import { ticketed, ticketedCreation, type TicketedBody } from './ticketed.js';
import { UploadsService } from './uploads.service.js';
import { uploadTicket } from './upload-ticket.js';

const documentId = z.string().meta({ format: 'uuid' });
const partNumber = z.int().min(1).max(10_000);
const isUnique = (list: number[]): boolean => new Set(list).size === list.length;

const partsRequest = z
  .strictObject({ partNumbers: z.array(partNumber).min(1).max(1_000).refine(isUnique, 'must not name a part twice') })
  .meta({ id: 'PartsRequest' });
const newTicket = z.object({ upload: uploadTicket }).meta({ id: 'NewTicket' });
const signedParts = z
  .object({ parts: z.array(z.object({ partNumber: z.int(), url: z.url(), headers: z.record(z.string(), z.string()) })) })
  .meta({ id: 'SignedParts' });
const storedParts = z
  .object({ parts: z.array(z.object({ partNumber: z.int(), size: z.int(), etag: z.string() })) })
  .meta({ id: 'StoredParts' });
const completion = z
  .strictObject({ parts: z.array(z.strictObject({ partNumber, etag: z.string().min(1).max(200) })).min(1).max(10_000).optional() })
  .optional()
  .meta({ id: 'UploadCompletion' });

@ApiTags('Uploads')
@ApiBearerAuth()
@Controller('v1/documents')
export class UploadsController {
  constructor(
    private readonly uploads: UploadsService,
    private readonly multipart: MultipartService,
    private readonly completions: CompletionService,
    private readonly idempotency: Idempotency,
  ) {}

  @Post()
  @Answers('quota-exceeded')
  @ApiOperation({ summary: 'Promise a document and get the ticket to upload its bytes' })
  @ApiCreatedResponse({ standardSchema: ticketed })
  create(
    @CurrentUser() { userId }: User,
    @Body({ schema: documentInput }) input: DocumentInput,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TicketedBody> {
    const creation = ticketedCreation(this.uploads, userId, (receiptOf) => this.uploads.create(userId, input, receiptOf));
    return answerOnce(this.idempotency, reply, userId, creation);
  }

  @Post(':id/upload')
  @Answers('conflict')
  @HttpCode(200)
  @ApiOperation({ summary: 'Another ticket for an upload under way' })
  @ApiOkResponse({ standardSchema: newTicket })
  async ticket(
    @CurrentUser() user: User,
    @Param('id', { schema: documentId }) id: string,
  ): Promise<z.infer<typeof newTicket>> {
    return { upload: await this.uploads.ticket(user.userId, id) };
  }

  @Costs('upload')
  @Post(':id/upload/parts')
  @Answers('conflict')
  @HttpCode(200)
  @ApiOperation({ summary: 'Signed URLs for up to 1,000 parts' })
  @ApiOkResponse({ standardSchema: signedParts })
  async signParts(
    @CurrentUser() user: User,
    @Param('id', { schema: documentId }) id: string,
    @Body({ schema: partsRequest }) { partNumbers }: z.infer<typeof partsRequest>,
  ): Promise<z.infer<typeof signedParts>> {
    return { parts: await this.multipart.sign(user.userId, id, partNumbers) };
  }

  @Costs('upload')
  @Get(':id/upload/parts')
  @Answers('conflict')
  @ApiOperation({ summary: 'Parts that are stored, to resume from' })
  @ApiOkResponse({ standardSchema: storedParts })
  async storedParts(
    @CurrentUser() user: User,
    @Param('id', { schema: documentId }) id: string,
  ): Promise<z.infer<typeof storedParts>> {
    return { parts: await this.multipart.stored(user.userId, id) };
  }

  @Costs('upload')
  @Post(':id/upload/complete')
  @Answers('conflict', 'not-uploaded', 'quota-exceeded', 'upload-mismatch')
  @HttpCode(200)
  @ApiOperation({ summary: 'Verify the uploaded bytes and publish the document' })
  @ApiOkResponse({ standardSchema: document })
  async complete(
    @CurrentUser() user: User,
    @Param('id', { schema: documentId }) id: string,
    @Body({ schema: completion }) body: z.infer<typeof completion>,
    @Conditions() conditions: Preconditions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Document | undefined> {
    const published = await this.completions.complete(user.userId, id, body?.parts, conditions);
    return versioned(reply, documentEtag(published), toDocument(published));
  }

  @Costs('remove')
  @Delete(':id/upload')
  @Answers('conflict')
  @HttpCode(204)
  @ApiOperation({ summary: 'Abort an upload' })
  @ApiNoContentResponse()
  async abort(
    @CurrentUser() user: User,
    @Param('id', { schema: documentId }) id: string,
    @Conditions() conditions: Preconditions,
  ): Promise<void> {
    await this.uploads.abort(user.userId, id, conditions);
  }
}
