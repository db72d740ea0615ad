import { Catch, Logger, NotFoundException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AppError } from './app-error.js';
import type { RouteTable } from './http-not-found.js';
import { PROBLEM_JSON, problemOf, toAppError } from './problem.js';

/** The one way out for errors: every failure becomes a problem document; what was not foreseen is logged with its cause. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Errors');

  constructor(private readonly routes?: RouteTable) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.reply(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  reply(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    // Only the router throws Nest's own: what we do not find is an AppError.
    const failure = error instanceof NotFoundException && this.routes ? this.routes.failureFor(request) : toAppError(error);
    if (failure.status >= 500) this.logger.error({ requestId: request.id, kind: failure.kind, err: failure.cause ?? failure });
    if (failure.headers) reply.headers(failure.headers);
    reply.code(failure.status).header('content-type', PROBLEM_JSON).send(problemText(failure, request));
  }
}

/** The body of a problem reply; with the id of the trace while traces are collected. */
export function problemText(failure: AppError, request: Pick<FastifyRequest, 'url' | 'traceId'>): string {
  const problem = problemOf(failure, pathOf(request.url));
  return JSON.stringify(request.traceId === undefined ? problem : { ...problem, traceId: request.traceId });
}

/** Never the query: it may hold what must not be repeated. */
const pathOf = (url: string): string => url.split('?', 1)[0] ?? '/';
