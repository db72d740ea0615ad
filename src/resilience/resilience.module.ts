import { Global, Module } from '@nestjs/common';
import { LoadShedder } from './load-shedder.js';
import { RequestGuard } from './request-guard.js';
import { RequestsInFlight } from './requests-in-flight.js';

/** Deadlines and load shedding: what keeps a task answering while something else does not. */
@Global()
@Module({ providers: [RequestsInFlight, LoadShedder, RequestGuard], exports: [RequestsInFlight, LoadShedder, RequestGuard] })
export class ResilienceModule {}
