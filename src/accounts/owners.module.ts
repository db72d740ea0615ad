import { Global, Module } from '@nestjs/common';
import { Owners } from '../documents/shares/owners.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { ClosedOwners } from './closed-owners.js';

/** Tells documents whose owners are being erased: features never import one another. */
@Global()
@Module({
  imports: [SessionsModule],
  providers: [{ provide: Owners, useClass: ClosedOwners }],
  exports: [Owners],
})
export class OwnersModule {}
