import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Context, type Meter, type Tracer } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { Metrics, type Labels } from './metrics.js';
import { Traces, type Span } from './traces.js';

const EVERY_MS = 15_000;
const DEADLINE_MS = 5_000;
const NAME = 'stateless-backend';

/**
 * Metrics and traces by OTLP over HTTP. The only file that knows OpenTelemetry; loaded only when there is a collector. The SDK's
 * own variables (`OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER`, `OTEL_EXPORTER_OTLP_HEADERS`, …) apply. Buffers are bounded: what a
 * collector does not take in time is lost.
 */
export class Otlp {
  readonly metrics: Metrics;
  readonly traces: Traces;
  private readonly meters: MeterProvider;
  private readonly tracers: BasicTracerProvider;

  constructor(endpoint: string, serviceName = process.env['OTEL_SERVICE_NAME'] ?? NAME) {
    const resource = resourceFromAttributes({ 'service.name': serviceName });
    const at = (path: string) => ({ url: `${endpoint.replace(/\/$/, '')}/v1/${path}`, timeoutMillis: DEADLINE_MS });
    const exporter = new OTLPMetricExporter(at('metrics'));
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: EVERY_MS, exportTimeoutMillis: DEADLINE_MS });
    this.meters = new MeterProvider({ resource, readers: [reader] });
    const processor = new BatchSpanProcessor(new OTLPTraceExporter(at('traces')), { exportTimeoutMillis: DEADLINE_MS });
    this.tracers = new BasicTracerProvider({ resource, spanProcessors: [processor] });
    this.metrics = new OtlpMetrics(this.meters.getMeter(NAME));
    this.traces = new OtlpTraces(this.tracers.getTracer(NAME));
  }

  /** Sends what is left. Never rejects, and takes no longer than the deadline. */
  async stop(): Promise<void> {
    await Promise.allSettled([this.meters.shutdown(), this.tracers.shutdown()]);
  }
}

class OtlpMetrics extends Metrics {
  readonly isOn = true;

  constructor(private readonly meter: Meter) {
    super();
  }

  counter(name: string, description: string) {
    return this.meter.createCounter(name, { description });
  }

  histogram(name: string, description: string) {
    return this.meter.createHistogram(name, { description, unit: 's', advice: { explicitBucketBoundaries: BOUNDS } });
  }

  gauge(name: string, description: string, observe: () => number, labels?: Labels): void {
    this.meter.createObservableGauge(name, { description }).addCallback((result) => result.observe(observe(), labels));
  }
}

/** From a cache hit to the longest budget. Seconds. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10];

class OtlpTraces extends Traces {
  readonly isOn = true;

  constructor(private readonly tracer: Tracer) {
    super();
  }

  begin(name: string, labels: Labels, traceparent: string | undefined): Span {
    return new OtlpSpan(this.tracer, SpanKind.SERVER, name, labels, parentOf(traceparent));
  }
}

class OtlpSpan implements Span {
  private readonly span;
  private readonly context: Context;

  constructor(
    private readonly tracer: Tracer,
    kind: SpanKind,
    name: string,
    attributes: Labels,
    parent: Context,
  ) {
    this.span = tracer.startSpan(name, { kind, attributes }, parent);
    this.context = trace.setSpan(ROOT_CONTEXT, this.span);
  }

  get traceId(): string {
    return this.span.spanContext().traceId;
  }

  child(name: string, labels: Labels): Span {
    return new OtlpSpan(this.tracer, SpanKind.CLIENT, name, labels, this.context);
  }

  end(labels: Labels = {}, errorType?: string): void {
    this.span.setAttributes(labels);
    if (errorType !== undefined) this.span.setAttribute('error.type', errorType).setStatus({ code: SpanStatusCode.ERROR });
    this.span.end();
  }
}

const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

function parentOf(traceparent: string | undefined): Context {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true });
}
