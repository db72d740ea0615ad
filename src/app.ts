import cors from '@fastify/cors';
import { StandardSchemaValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppModule } from './app.module.js';
import { acceptJsonOnly, BODY_LIMIT } from './common/http-body.js';
import { setCommonHeaders } from './common/http-headers.js';
import { RouteTable } from './common/http-not-found.js';
import { answerParserError } from './common/http-parser-errors.js';
import { ProblemFilter } from './common/problem.filter.js';
import { requestIdOf } from './common/request-id.js';
import { invalid } from './common/validation.js';
import { parseConfig } from './config/config.js';
import { serveDocs } from './docs/docs.js';
import { limitReplies } from './rate-limit/limit-replies.js';
import { RequestCounter } from './rate-limit/request-counter.js';
import { RequestGuard } from './resilience/request-guard.js';
import { RequestTelemetry } from './resilience/request-telemetry.js';
import { classifyRoutes } from './resilience/route-class.js';
import { Lifecycle } from './telemetry/lifecycle.js';
import { logRequests, NestLogger } from './telemetry/logging.js';
import { Logs } from './telemetry/logs.js';

const EXPOSED = ['ETag', 'Link', 'Location', 'RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Request-Id', 'Idempotent-Replayed'];
const ALLOWED = ['authorization', 'content-type', 'if-match', 'if-none-match', 'idempotency-key', 'x-request-id'];

/** How long slow clients may take; tests shorten it. Milliseconds. */
export interface Deadlines {
  headers: number;
  request: number;
  check: number;
}
/** Looked after every `check` only: a slow body is closed 15 s after it began at the latest. */
const DEADLINES: Deadlines = { headers: 9_500, request: 14_400, check: 500 };

/** The whole application, not yet listening. Throws `ConfigError` for an environment that is not usable. */
export async function createApp(
  environment: Record<string, string | undefined>,
  deadlines: Deadlines = DEADLINES,
): Promise<NestFastifyApplication> {
  const config = parseConfig(environment);
  const logs = new Logs(config.LOG_LEVEL);
  const adapter = adapterFor(config.TRUST_PROXY, deadlines);
  const server = adapter.getInstance();
  const routes = new RouteTable();
  routes.watch(server);
  classifyRoutes(server);
  setCommonHeaders(server);
  logRequests(server, logs);
  await server.register(cors, {
    origin: config.CORS_ORIGINS,
    methods: ['GET', 'HEAD', 'PUT', 'PATCH', 'POST', 'DELETE'],
    allowedHeaders: ALLOWED,
    exposedHeaders: EXPOSED,
    maxAge: 7_200,
    strictPreflight: false,
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forEnvironment(environment, logs), adapter, {
    logger: new NestLogger(logs.logger),
    abortOnError: false,
    bodyParser: false,
  });
  app.useGlobalFilters(new ProblemFilter(routes));
  app.useGlobalPipes(new StandardSchemaValidationPipe({ exceptionFactory: invalid }));
  acceptJsonOnly(server);
  app.get(RequestTelemetry).watch(server);
  app.get(RequestGuard).watch(server);
  closeWhileDraining(app);
  limitReplies(server, app.get(RequestCounter, { strict: false }));
  serveDocs(app);
  await app.init();
  await server.ready();
  return app;
}

const adapterFor = (trustedHops: number, { headers, request, check }: Deadlines): FastifyAdapter =>
  new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    requestTimeout: request,
    keepAliveTimeout: 70_000,
    trustProxy: (_address: string, hop: number) => hop < trustedHops,
    genReqId: requestIdOf,
    clientErrorHandler: answerParserError,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => new ProblemFilter().reply(error, request, reply),
    http: { headersTimeout: headers, requestTimeout: request, connectionsCheckingInterval: check, maxHeaderSize: 16_384 },
    routerOptions: { maxParamLength: 1_024 },
  });

/** A draining task tells keep-alive clients to go elsewhere. */
function closeWhileDraining(app: NestFastifyApplication): void {
  const lifecycle = app.get(Lifecycle);
  app.getHttpAdapter().getInstance().addHook('onSend', (_request, reply, payload, done) => {
    if (lifecycle.isDraining) reply.header('connection', 'close');
    done(null, payload);
  });
}
