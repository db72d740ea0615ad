import { Controller, Delete, Get, HttpCode, Param, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { CurrentUser, type User } from '../auth/current-user.js';
import { Cursors } from '../common/cursors.js';
import { listed } from '../common/list-reply.js';
import { pageQuery } from '../common/page.js';
import { Costs } from '../resilience/route-class.js';
import { signInView, toView } from './sign-in.js';
import type { SignInPosition } from './sign-in.repository.js';
import { SignInsService } from './sign-ins.service.js';

const signInId = z.string();
const listQuery = z.strictObject(pageQuery);
const signInPage = z.object({ items: z.array(signInView), nextCursor: z.string().optional() }).meta({ id: 'SignInPage' });

@ApiTags('Session')
@ApiBearerAuth()
@Controller('v1/sessions')
export class SignInsController {
  constructor(
    private readonly signIns: SignInsService,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Your active sign-ins, the latest first' })
  @ApiOkResponse({ standardSchema: signInPage })
  async list(
    @CurrentUser() { userId, signInId }: User,
    @Query({ schema: listQuery }) { limit, cursor }: z.infer<typeof listQuery>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof signInPage>> {
    const scope = { userId, query: ['sign-ins'] };
    const after = cursor === undefined ? undefined : await this.cursors.open<SignInPosition>(cursor, scope);
    const { items, next } = await this.signIns.list(userId, { limit, after });
    const page = { items: items.map((signIn) => toView(signIn, signInId)), next };
    return listed(reply, page, (position) => this.cursors.seal(position, scope));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'End one sign-in' })
  @ApiNoContentResponse()
  end(@CurrentUser() { userId }: User, @Param('id', { schema: signInId }) id: string): Promise<void> {
    return this.signIns.end(userId, id);
  }

  @Delete()
  @Costs('bulk')
  @HttpCode(204)
  @ApiOperation({ summary: 'Sign out everywhere: every token that was issued until now is refused' })
  @ApiNoContentResponse()
  endAll(@CurrentUser() user: User): Promise<void> {
    return this.signIns.endAll(user);
  }
}
