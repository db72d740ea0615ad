import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type User } from '../../auth/current-user.js';
import { Answers } from '../../common/answers.js';
import { Costs } from '../../resilience/route-class.js';
import { signed, signRequest, type Signed, type SignRequest } from './uppy.js';
import { UppyService } from './uppy.service.js';

@ApiTags('Uploads')
@ApiBearerAuth()
@Controller('v1/uploads')
export class UppyController {
  constructor(private readonly uppy: UppyService) {}

  @Costs('upload')
  @Post('sign')
  @Answers('not-found', 'conflict')
  @HttpCode(200)
  @ApiOperation({ summary: "The signRequest contract of Uppy's S3 plugin, for your open uploads" })
  @ApiOkResponse({ standardSchema: signed })
  sign(@CurrentUser() user: User, @Body({ schema: signRequest }) request: SignRequest): Promise<Signed> {
    return this.uppy.sign(user.userId, request);
  }
}
