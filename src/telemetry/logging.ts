import type { LoggerService } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { pino, type Logger } from 'pino';

/** Structured logs on standard output, one JSON object a line. Nothing that a client sent is logged but method and route. */
export const rootLogger = (level: string): Logger =>
  pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'message' }, pino.destination({ dest: 1, sync: false }));

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

/** An AWS error drags its request along: keep name, message and stack. */
function withSafeError(fields: object): object {
  const { err, ...rest } = fields as { err?: unknown };
  if (!(err instanceof Error)) return fields;
  return { ...rest, err: { name: err.name, message: err.message, stack: err.stack } };
}

/** One line per answered request: method, route pattern, status, milliseconds, request and user. */
export function logRequests(server: FastifyInstance, logger: Logger): void {
  server.addHook('onResponse', (request: FastifyRequest & { user?: { userId: string } }, reply, done) => {
    if (request.isRefused) return done();
    logger.info({
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 100) / 100,
      userId: request.user?.userId,
    });
    done();
  });
}
