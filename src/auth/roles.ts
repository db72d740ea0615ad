import { SetMetadata } from '@nestjs/common';

export const ROLES = 'auth:roles';

/** A route for members of one of these groups of the user pool. */
export const Roles = (...groups: string[]) => SetMetadata(ROLES, groups);
