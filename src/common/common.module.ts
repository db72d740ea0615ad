import { Global, Module } from '@nestjs/common';
import { Clock, SystemClock } from './clock.js';
import { Cursors } from './cursors.js';
import { Ids, UuidIds } from './ids.js';

/** Time, ids and cursors: what every feature needs and a test wants to hold still. */
@Global()
@Module({
  providers: [{ provide: Clock, useClass: SystemClock }, { provide: Ids, useClass: UuidIds }, Cursors],
  exports: [Clock, Ids, Cursors],
})
export class CommonModule {}
