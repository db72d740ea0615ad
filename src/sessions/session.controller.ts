import { Body, Controller, Delete, Get, HttpCode, Patch, Put, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiConsumes, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { CurrentUser, type User } from '../auth/current-user.js';
import type { JsonObject } from '../common/json.js';
import { Conditions } from '../common/preconditions.decorator.js';
import type { Preconditions } from '../common/preconditions.js';
import { versioned } from '../common/versioned-reply.js';
import { sessionData, sessionView, type SessionView } from './session.js';
import { SessionsService } from './sessions.service.js';
import { SignInsService } from './sign-ins.service.js';

const patchBody = z.looseObject({}).meta({ id: 'SessionPatch', description: 'A JSON merge patch (RFC 7396) of the data.' });

@ApiTags('Session')
@ApiBearerAuth()
@Controller('v1/session')
export class SessionController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly signIns: SignInsService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The data of this sign-in; empty until you store some' })
  @ApiOkResponse({ standardSchema: sessionView })
  async get(
    @CurrentUser() user: User,
    @Conditions() conditions: Preconditions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionView | undefined> {
    const { view, etag } = await this.sessions.get(user);
    return versioned(reply, etag, view, conditions);
  }

  @Put()
  @ApiOperation({ summary: 'Replace the data of this sign-in' })
  @ApiOkResponse({ standardSchema: sessionView })
  async put(
    @CurrentUser() user: User,
    @Body({ schema: sessionData }) data: JsonObject,
    @Conditions() conditions: Preconditions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionView | undefined> {
    const { view, etag } = await this.sessions.put(user, data, conditions);
    return versioned(reply, etag, view);
  }

  @Patch()
  @ApiOperation({ summary: 'Change parts of the data of this sign-in' })
  @ApiConsumes('application/merge-patch+json', 'application/json')
  @ApiOkResponse({ standardSchema: sessionView })
  async patch(
    @CurrentUser() user: User,
    @Body({ schema: patchBody }) patch: JsonObject,
    @Conditions() conditions: Preconditions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionView | undefined> {
    const { view, etag } = await this.sessions.patch(user, patch, conditions);
    return versioned(reply, etag, view);
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({ summary: 'Sign out: the tokens of this sign-in are refused from now on' })
  @ApiNoContentResponse()
  signOut(@CurrentUser() { userId, signInId }: User): Promise<void> {
    return this.signIns.end(userId, signInId);
  }
}
