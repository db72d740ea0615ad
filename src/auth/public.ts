import { SetMetadata } from '@nestjs/common';

export const PUBLIC = 'auth:public';

/** A route for which no token is asked. */
export const Public = () => SetMetadata(PUBLIC, true);
