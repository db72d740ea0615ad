import type { Labels } from './metrics.js';

/** One step of the work for a request. Like metrics it carries no content, token or address, only names from our own code. */
export interface Span {
  /** 32 hexadecimal digits (W3C Trace Context). */
  readonly traceId: string;
  child(name: string, labels: Labels): Span;
  /** `errorType` names a kind of failure. */
  end(labels?: Labels, errorType?: string): void;
}

export abstract class Traces {
  abstract readonly isOn: boolean;
  /** The span of a request, part of its caller's trace when `traceparent` is one (W3C Trace Context, level 1). */
  abstract begin(name: string, labels: Labels, traceparent: string | undefined): Span | undefined;
}

/** Nobody collects. */
export class NoTraces extends Traces {
  readonly isOn = false;
  begin = (): undefined => undefined;
}
