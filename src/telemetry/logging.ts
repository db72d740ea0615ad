import type { LoggerService } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { auditLine } from './audit.js';
import type { Logs } from './logs.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** While traces are collected. */
    traceId?: string;
  }
}

/** Nest's own lines in the same stream. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log = (message: unknown, ...context: unknown[]) => this.write('info', message, context);
  error = (message: unknown, ...context: unknown[]) => this.write('error', message, context);
  warn = (message: unknown, ...context: unknown[]) => this.write('warn', message, context);
  debug = (message: unknown, ...context: unknown[]) => this.write('debug', message, context);
  verbose = (message: unknown, ...context: unknown[]) => this.write('trace', message, context);
  fatal = (message: unknown, ...context: unknown[]) => this.write('fatal', message, context);

  private write(level: 'info' | 'error' | 'warn' | 'debug' | 'trace' | 'fatal', message: unknown, context: unknown[]): void {
    const name = context.at(-1);
    const fields = typeof message === 'object' && message !== null ? withSafeError(message) : undefined;
    this.logger[level]({ context: name, ...fields }, fields ? undefined : String(message));
  }
}

function withSafeError(fields: object): object {
  const { err, ...rest } = fields as { err?: unknown };
  return err instanceof Error ? { ...rest, err: safeError(err) } : fields;
}

/** An AWS error drags its request along: keep name, message and stack. */
export const safeError = (error: unknown): object =>
  error instanceof Error ? { name: error.name, message: error.message, stack: error.stack } : { message: String(error) };

/** Nobody read the answer: what nginx calls "client closed request". Only ever in logs. */
const CLIENT_LEFT = 499;

/** One line per answered request: method, route pattern, status, milliseconds, request and user. Nothing else that a client sent. */
export function logRequests(server: FastifyInstance, logs: Logs): void {
  server.addHook('onResponse', (request, reply, done) => {
    if (!request.isRefused) logRequest(logs, request, reply, reply.statusCode);
    done();
  });
}

/** A client that left before it was answered: what it asked for may have been done. */
export const logLeaver = (logs: Logs, request: FastifyRequest, reply: FastifyReply): void => logRequest(logs, request, reply, CLIENT_LEFT);

function logRequest(logs: Logs, request: FastifyRequest & { user?: { userId: string } }, reply: FastifyReply, status: number): void {
  logs.logger.info({
    requestId: request.id,
    traceId: request.traceId,
    method: request.method,
    route: request.routeOptions.url,
    status,
    ms: Math.round(reply.elapsedTime * 100) / 100,
    userId: request.user?.userId,
  });
  const line = auditLine(request, reply, status);
  if (line) logs.audit.info(line);
}
