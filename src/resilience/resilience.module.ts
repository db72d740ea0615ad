import { Global, Module } from '@nestjs/common';
import { LoadShedder } from './load-shedder.js';
import { LoopTurns } from './loop-turns.js';
import { RequestGuard } from './request-guard.js';
import { RequestTelemetry } from './request-telemetry.js';
import { RequestsInFlight } from './requests-in-flight.js';
import { Vitals } from './vitals.js';

/** Deadlines and load shedding: what keeps a task answering while something else does not. */
@Global()
@Module({
  providers: [RequestsInFlight, LoopTurns, LoadShedder, RequestGuard, RequestTelemetry, Vitals],
  exports: [RequestsInFlight, LoopTurns, LoadShedder, RequestGuard, RequestTelemetry],
})
export class ResilienceModule {}
