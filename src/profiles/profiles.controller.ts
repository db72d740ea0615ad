import { Body, Controller, Get, Param, Patch, Put, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiConsumes, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { CurrentUser, type User } from '../auth/current-user.js';
import { Roles } from '../auth/roles.js';
import { Answers } from '../common/answers.js';
import { Cursors } from '../common/cursors.js';
import type { JsonObject } from '../common/json.js';
import { listed } from '../common/list-reply.js';
import { pageQuery } from '../common/page.js';
import { Conditions } from '../common/preconditions.decorator.js';
import type { Preconditions } from '../common/preconditions.js';
import { versioned } from '../common/versioned-reply.js';
import { profile, profileCard, profileEtag, profileInput, type Profile, type ProfileCard, type ProfileInput } from './profile.js';
import type { ProfilePosition } from './profile.repository.js';
import { ProfilesService } from './profiles.service.js';

const patchBody = z.looseObject({}).meta({
  id: 'ProfilePatch',
  description: 'A JSON merge patch (RFC 7396) of ProfileInput.',
  example: { displayName: 'Ada', bio: null },
});
const userIdParam = z.string();
const listQuery = z.strictObject({ ...pageQuery, email: z.email().max(254).optional() });
const profilePage = z.object({ items: z.array(profile), nextCursor: z.string().optional() }).meta({ id: 'ProfilePage' });

@ApiTags('Profiles')
@ApiBearerAuth()
@Controller('v1/profiles')
export class ProfilesController {
  constructor(
    private readonly profiles: ProfilesService,
    private readonly cursors: Cursors,
  ) {}

  @Get('me')
  @Answers('not-found')
  @ApiOperation({ summary: 'Your own profile' })
  @ApiOkResponse({ standardSchema: profile })
  async mine(
    @CurrentUser() user: User,
    @Conditions() conditions: Preconditions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Profile | undefined> {
    const own = await this.profiles.get(user.userId);
    return versioned(reply, profileEtag(own), own, conditions);
  }

  @Put('me')
  @ApiOperation({ summary: 'Create your profile, or replace it with If-Match' })
  @ApiOkResponse({ standardSchema: profile })
  @ApiCreatedResponse({ standardSchema: profile })
  async put(
    @CurrentUser() user: User,
    @Body({ schema: profileInput }) input: ProfileInput,
    @Conditions() conditions: Preconditions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Profile | undefined> {
    const { profile: stored, isNew } = await this.profiles.put(user.userId, input, conditions);
    if (isNew) reply.code(201).header('location', '/v1/profiles/me');
    return versioned(reply, profileEtag(stored), stored);
  }

  @Patch('me')
  @Answers('not-found')
  @ApiOperation({ summary: 'Change parts of your profile' })
  @ApiConsumes('application/merge-patch+json', 'application/json')
  @ApiOkResponse({ standardSchema: profile })
  async patch(
    @CurrentUser() user: User,
    @Body({ schema: patchBody }) patch: JsonObject,
    @Conditions() conditions: Preconditions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Profile | undefined> {
    const stored = await this.profiles.patch(user.userId, patch, conditions);
    return versioned(reply, profileEtag(stored), stored);
  }

  @Get(':userId')
  @ApiOperation({ summary: "A user's public card" })
  @ApiOkResponse({ standardSchema: profileCard })
  card(@Param('userId', { schema: userIdParam }) userId: string): Promise<ProfileCard> {
    return this.profiles.card(userId);
  }

  @Get()
  @Roles('admin')
  @ApiOperation({ summary: 'Administrators: all profiles, or those with an e-mail address' })
  @ApiOkResponse({ standardSchema: profilePage })
  async list(
    @CurrentUser() user: User,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof profilePage>> {
    const { email, limit, cursor } = query;
    const scope = { userId: user.userId, query: ['profiles', email ?? null] };
    const after = cursor === undefined ? undefined : await this.cursors.open<ProfilePosition>(cursor, scope);
    const page = await this.profiles.list(email, { limit, after });
    return listed(reply, page, (position) => this.cursors.seal(position, scope));
  }
}
