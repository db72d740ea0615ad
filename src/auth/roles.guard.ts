import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AppError } from '../common/app-error.js';
import type { Authenticated } from './current-user.js';
import { ROLES } from './roles.js';

@Injectable()
export class RolesGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const groups = this.reflector.getAllAndOverride<string[] | undefined>(ROLES, [context.getHandler(), context.getClass()]);
    if (!groups) return true;
    const { user } = context.switchToHttp().getRequest<Authenticated>();
    if (user && groups.some((group) => user.groups.includes(group))) return true;
    throw new AppError('forbidden', 'You are not a member of a group that may do this.');
  }
}
