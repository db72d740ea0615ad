import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiConsumes, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { CurrentUser, type User } from '../auth/current-user.js';
import { Answers } from '../common/answers.js';
import { Cursors } from '../common/cursors.js';
import type { JsonObject } from '../common/json.js';
import { listed } from '../common/list-reply.js';
import { pageQuery } from '../common/page.js';
import { Conditions } from '../common/preconditions.decorator.js';
import type { Preconditions } from '../common/preconditions.js';
import { versioned } from '../common/versioned-reply.js';
import { Costs } from '../resilience/route-class.js';
import { document, documentEtag, documentStatus, folder, tag, type Document } from './document.js';
import type { DocumentPosition } from './document.repository.js';
import { DocumentsService } from './documents.service.js';
import { Limits } from './limits.js';
import { toDocument } from './stored-document.js';

export const documentId = z.string().meta({ format: 'uuid' });
const patchBody = z.looseObject({}).meta({
  id: 'DocumentPatch',
  description: 'A JSON merge patch (RFC 7396) of name, folder and tags.',
  example: { name: 'report-2.pdf', folder: null },
});
const listQuery = z.strictObject({ ...pageQuery, folder: folder.optional(), tag: tag.optional(), status: documentStatus.optional() });
const deleteQuery = z.strictObject({ permanent: z.enum(['true', 'false']).optional() });
const documentPage = z.object({ items: z.array(document), nextCursor: z.string().optional() }).meta({ id: 'DocumentPage' });
const amount = z.int().min(0);
const usageReport = z
  .object({
    documents: amount,
    bytes: amount,
    limits: z.object({ bytes: amount, documents: amount, pendingUploads: amount, fileBytes: amount }),
  })
  .meta({ id: 'DocumentUsage' });

@ApiTags('Documents')
@ApiBearerAuth()
@Controller('v1/documents')
export class DocumentsController {
  constructor(
    private readonly documents: DocumentsService,
    private readonly limits: Limits,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Your documents, newest first; trash only with status=trashed' })
  @ApiOkResponse({ standardSchema: documentPage })
  async list(
    @CurrentUser() user: User,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof documentPage>> {
    const { limit, cursor, ...filter } = query;
    const scope = { userId: user.userId, query: ['documents', filter.folder ?? null, filter.tag ?? null, filter.status ?? null] };
    const after = cursor === undefined ? undefined : await this.cursors.open<DocumentPosition>(cursor, scope);
    const page = await this.documents.list(user.userId, filter, { limit, after });
    return listed(reply, page, (position) => this.cursors.seal(position, scope));
  }

  @Get('usage')
  @ApiOperation({ summary: 'What you keep, and what you may keep' })
  @ApiOkResponse({ standardSchema: usageReport })
  async usage(@CurrentUser() user: User): Promise<z.infer<typeof usageReport>> {
    const { documents, bytes } = await this.documents.usage(user.userId);
    const { bytes: maxBytes, documents: maxDocuments, pendingUploads, fileBytes } = this.limits;
    return { documents, bytes, limits: { bytes: maxBytes, documents: maxDocuments, pendingUploads, fileBytes } };
  }

  @Get(':id')
  @ApiOperation({ summary: 'One document' })
  @ApiOkResponse({ standardSchema: document })
  async get(
    @CurrentUser() user: User,
    @Param('id', { schema: documentId }) id: string,
    @Conditions() conditions: Preconditions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Document | undefined> {
    const found = await this.documents.get(user.userId, id);
    return versioned(reply, documentEtag(found), toDocument(found), conditions);
  }

  @Patch(':id')
  @Answers('conflict')
  @ApiOperation({ summary: 'Rename, move or retag a document' })
  @ApiConsumes('application/merge-patch+json', 'application/json')
  @ApiOkResponse({ standardSchema: document })
  async patch(
    @CurrentUser() user: User,
    @Param('id', { schema: documentId }) id: string,
    @Body({ schema: patchBody }) patch: JsonObject,
    @Conditions() conditions: Preconditions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Document | undefined> {
    const changed = await this.documents.patch(user.userId, id, patch, conditions);
    return versioned(reply, documentEtag(changed), toDocument(changed));
  }

  @Costs('remove')
  @Delete(':id')
  @Answers('conflict')
  @HttpCode(204)
  @ApiOperation({ summary: 'Move a document to the trash, or with permanent=true remove it from there for good' })
  @ApiNoContentResponse()
  async remove(
    @CurrentUser() user: User,
    @Param('id', { schema: documentId }) id: string,
    @Query({ schema: deleteQuery }) { permanent }: z.infer<typeof deleteQuery>,
    @Conditions() conditions: Preconditions,
  ): Promise<void> {
    if (permanent === 'true') await this.documents.remove(user.userId, id, conditions);
    else await this.documents.trash(user.userId, id, conditions);
  }

  @Post(':id/restore')
  @HttpCode(200)
  @ApiOperation({ summary: 'Take a document out of the trash' })
  @ApiOkResponse({ standardSchema: document })
  async restore(
    @CurrentUser() user: User,
    @Param('id', { schema: documentId }) id: string,
    @Conditions() conditions: Preconditions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Document | undefined> {
    const restored = await this.documents.restore(user.userId, id, conditions);
    return versioned(reply, documentEtag(restored), toDocument(restored));
  }
}
