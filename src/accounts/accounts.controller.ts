import { Readable } from 'node:stream';
import { Controller, Delete, Get, Header, HttpCode, StreamableFile } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { CurrentUser, type User } from '../auth/current-user.js';
import { Costs } from '../resilience/route-class.js';
import { AccountErasure } from './account-erasure.js';
import { AccountExport } from './account-export.js';

const list = z.array(z.looseObject({}));
const accountExport = z
  .object({
    userId: z.string(),
    exportedAt: z.iso.datetime(),
    profile: z.looseObject({}).nullable(),
    usage: z.looseObject({}),
    signIns: list,
    sessions: list,
    requests: list,
    documents: list,
  })
  .meta({ id: 'AccountExport' });

@ApiTags('Account')
@ApiBearerAuth()
@Controller('v1/account')
export class AccountsController {
  constructor(
    private readonly exports: AccountExport,
    private readonly erasure: AccountErasure,
  ) {}

  @Get('export')
  @Costs('bulk')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'All that we hold on you, as one JSON document with addresses of your files' })
  @ApiOkResponse({ standardSchema: accountExport })
  async export(@CurrentUser() { userId }: User): Promise<StreamableFile> {
    const text = Readable.from(await this.exports.begin(userId), { objectMode: false });
    return new StreamableFile(text, { type: 'application/json; charset=utf-8', disposition: 'attachment; filename="account.json"' });
  }

  @Delete()
  @Costs('bulk')
  @HttpCode(202)
  @ApiOperation({ summary: 'Erase your account: sign out everywhere, and remove all that we hold on you' })
  @ApiAcceptedResponse()
  erase(@CurrentUser() user: User): Promise<void> {
    return this.erasure.erase(user);
  }
}
