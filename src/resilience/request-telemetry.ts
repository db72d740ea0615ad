import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Metrics, type Histogram } from '../telemetry/metrics.js';
import { Traces, type Span } from '../telemetry/traces.js';
import { RequestsInFlight } from './requests-in-flight.js';

declare module 'fastify' {
  interface FastifyRequest {
    span?: Span;
  }
}

/** The golden signals of every route, and a span for every request. Takes no place in a request's life while nobody collects. */
@Injectable()
export class RequestTelemetry {
  private readonly duration: Histogram;

  constructor(
    private readonly metrics: Metrics,
    private readonly traces: Traces,
    private readonly inFlight: RequestsInFlight,
  ) {
    this.duration = metrics.histogram('http.server.request.duration', 'Seconds from the headers of a request to the end of its answer.');
  }

  /** Before the guard: its refusals count as well. */
  watch(server: FastifyInstance): void {
    if (!this.metrics.isOn) return;
    this.metrics.gauge('http.server.active_requests', 'Requests that are being worked for.', () => this.inFlight.count);
    server.addHook('onRequest', (request, _reply, done) => {
      this.begin(request);
      done();
    });
    server.addHook('onResponse', (request, reply, done) => {
      this.end(request, reply);
      done();
    });
  }

  private begin(request: FastifyRequest): void {
    const { traceparent } = request.headers;
    request.span = this.traces.begin(nameOf(request), labelsOf(request), typeof traceparent === 'string' ? traceparent : undefined);
    request.traceId = request.span?.traceId;
  }

  private end(request: FastifyRequest, { statusCode, elapsedTime }: FastifyReply): void {
    const status = { 'http.response.status_code': statusCode };
    this.duration.record(elapsedTime / 1_000, { ...labelsOf(request), ...status });
    request.span?.end(status, statusCode >= 500 ? String(statusCode) : undefined);
  }
}

const routeOf = (request: FastifyRequest): string => request.routeOptions.url ?? 'none';
const nameOf = (request: FastifyRequest): string => `${request.method} ${routeOf(request)}`;
const labelsOf = (request: FastifyRequest) => ({ 'http.request.method': request.method, 'http.route': routeOf(request) });
