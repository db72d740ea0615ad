import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Public } from '../auth/public.js';
import { AppError } from '../common/app-error.js';
import { Lifecycle } from '../telemetry/lifecycle.js';

const health = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });

@ApiTags('Health')
@Public()
@Controller('health')
export class HealthController {
  constructor(private readonly lifecycle: Lifecycle) {}

  /** Asks no dependency: a task must not be replaced because a database is slow. */
  @Get('live')
  @ApiOperation({ summary: 'The process answers' })
  @ApiOkResponse({ standardSchema: health })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** A lost cache does not unready a task: it only makes it slower. */
  @Get('ready')
  @ApiOperation({ summary: 'The process wants requests' })
  @ApiOkResponse({ standardSchema: health })
  ready(): { status: 'ok' } {
    if (this.lifecycle.isDraining) throw new AppError('unavailable', 'The task is draining.');
    const reason = this.lifecycle.startingReason();
    if (reason !== undefined) throw new AppError('unavailable', reason, { headers: { 'Retry-After': '1' } });
    return { status: 'ok' };
  }
}
