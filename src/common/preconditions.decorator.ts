import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Preconditions } from './preconditions.js';

/** Exported so that the API's description can tell which routes read them. */
export const readConditions = (_: unknown, context: ExecutionContext): Preconditions => {
  const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
  return { ifMatch: headers['if-match'], ifNoneMatch: headers['if-none-match'] };
};

/** The request's `If-Match` and `If-None-Match` headers. */
export const Conditions = createParamDecorator(readConditions);
