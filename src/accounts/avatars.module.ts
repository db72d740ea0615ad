import { Global, Module } from '@nestjs/common';
import { DocumentsModule } from '../documents/documents.module.js';
import { Avatars } from '../profiles/avatars.js';
import { DocumentAvatars } from './document-avatars.js';

/** Lends profiles the pictures that documents keep: features never import one another. */
@Global()
@Module({
  imports: [DocumentsModule],
  providers: [{ provide: Avatars, useClass: DocumentAvatars }],
  exports: [Avatars],
})
export class AvatarsModule {}
