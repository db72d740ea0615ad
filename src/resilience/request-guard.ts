import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../common/app-error.js';
import { PROBLEM_JSON } from '../common/problem.js';
import { problemText } from '../common/problem.filter.js';
import { Lifecycle } from '../telemetry/lifecycle.js';
import { logLeaver } from '../telemetry/logging.js';
import { Logs } from '../telemetry/logs.js';
import { withBudget } from './budget.js';
import { LoadShedder } from './load-shedder.js';
import { RequestsInFlight } from './requests-in-flight.js';
import type { RouteClass } from './route-class.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Turned away before any work: counted, not logged one by one. */
    isRefused: boolean;
  }
}

/** Made once: a stack trace for each refusal would cost more than the refusal. */
const FULL = new AppError('unavailable', 'The service is busy. Try again.', { headers: { 'retry-after': '1' } });
const LATE = new AppError('unavailable', 'The service could not answer in time. Try again.', { headers: { 'retry-after': '1' } });
const starting = (reason: string): AppError => new AppError('unavailable', reason, { headers: { 'retry-after': '1' } });

/** The gate that every request passes: not before the task has started, not when it is full, and never without a deadline. */
@Injectable()
export class RequestGuard {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly shedder: LoadShedder,
    private readonly inFlight: RequestsInFlight,
    private readonly logs: Logs,
  ) {}

  /** Takes its places in a request's life. Before routes are registered. */
  watch(server: FastifyInstance): void {
    server.decorateRequest('isRefused', false);
    server.addHook('onRequest', (request, reply, done) => this.admit(request, reply, done));
    server.addHook('preHandler', (request, reply, done) => this.begin(request, reply, done));
    server.addHook('onResponse', (request, _reply, done) => {
      this.inFlight.answered(request);
      done();
    });
    this.inFlight.endings = { late: (request, reply) => send(request, reply, LATE), left: (request, reply) => logLeaver(this.logs, request, reply) };
  }

  /** Before the body is read or the token looked at. */
  private admit(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
    const routeClass = classOf(request);
    if (routeClass === 'health') return done();
    const reason = this.lifecycle.startingReason();
    if (reason !== undefined) return refuse(request, reply, starting(reason));
    if (this.shedder.refuses(routeClass)) return refuse(request, reply, FULL);
    done();
  }

  /** Once the body is there: how long it took to arrive is the client's own time. All that follows runs within the budget. */
  private begin(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
    withBudget(this.inFlight.begin(request, reply, classOf(request)), done);
  }
}

/** What matches no route is answered from memory. */
const classOf = (request: FastifyRequest): RouteClass => request.routeOptions.config?.routeClass ?? 'docs';

function refuse(request: FastifyRequest, reply: FastifyReply, error: AppError): void {
  request.isRefused = true;
  send(request, reply, error);
}

function send(request: FastifyRequest, reply: FastifyReply, error: AppError): void {
  reply.code(error.status).headers(error.headers ?? {}).header('content-type', PROBLEM_JSON).send(problemText(error, request));
}
