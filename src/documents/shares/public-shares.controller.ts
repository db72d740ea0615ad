import { Body, Controller, Get, Header, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Public } from '../../auth/public.js';
import { Answers } from '../../common/answers.js';
import { Guessable } from '../../rate-limit/guessable.js';
import { sharedFile, unlocking, type SharedFile } from './share.js';
import { SharesService } from './shares.service.js';

const token = z.string();

/** What the holder of a link sees, signed in or not. */
@ApiTags('Shares')
@Public()
@Guessable()
@Controller('v1/shares')
export class PublicSharesController {
  constructor(private readonly shares: SharesService) {}

  @Get(':token')
  @Answers('password-required')
  @Header('cache-control', 'no-store')
  @Header('referrer-policy', 'no-referrer')
  @ApiOperation({ summary: 'A shared file' })
  @ApiOkResponse({ standardSchema: sharedFile })
  open(@Param('token', { schema: token }) value: string): Promise<SharedFile> {
    return this.shares.open(value);
  }

  @Post(':token')
  @Answers('password-required', 'wrong-password')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Header('referrer-policy', 'no-referrer')
  @ApiOperation({ summary: 'A shared file that needs a password' })
  @ApiOkResponse({ standardSchema: sharedFile })
  unlock(
    @Param('token', { schema: token }) value: string,
    @Body({ schema: unlocking }) body: z.infer<typeof unlocking>,
  ): Promise<SharedFile> {
    return this.shares.open(value, body?.password);
  }
}
