import type { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Budget } from '../resilience/budget.js';
import type { DependencyGate } from './dependency-gate.js';

type Handle = NodeHttpHandler['handle'];
type Request = Parameters<Handle>[0];
type Options = NonNullable<Parameters<Handle>[1]>;

/** The SDK's older form of an abort signal: an EventTarget for each call would cost more than the call's own bookkeeping. */
interface Stop {
  aborted: boolean;
  onabort: (() => void) | null;
}

/** The SDK's way to the network through the gate of its service; a call is stopped when its request's budget ends. */
export class DependencyHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' };

  constructor(
    private readonly inner: NodeHttpHandler,
    readonly gate: DependencyGate,
  ) {}

  handle(request: Request, options: Options = {}): ReturnType<Handle> {
    return this.gate.pass((requestTimeout, budget) => this.send(request, { ...options, requestTimeout }, budget), options.requestTimeout);
  }

  destroy(): void {
    this.inner.destroy();
  }

  updateHttpClientConfig(...[key, value]: Parameters<NodeHttpHandler['updateHttpClientConfig']>): void {
    this.inner.updateHttpClientConfig(key, value);
  }

  httpHandlerConfigs(): ReturnType<NodeHttpHandler['httpHandlerConfigs']> {
    return this.inner.httpHandlerConfigs();
  }

  private async send(request: Request, options: Options, budget: Budget | undefined): ReturnType<Handle> {
    if (!budget) return this.inner.handle(request, options);
    const stop: Stop = { aborted: false, onabort: null };
    const forget = budget.whenOver(() => {
      stop.aborted = true;
      stop.onabort?.();
    });
    try {
      const reply = await this.inner.handle(request, { ...options, abortSignal: stop });
      // The body is still to come.
      (reply.response.body as NodeJS.ReadableStream | undefined)?.once('close', forget);
      return reply;
    } catch (error) {
      forget();
      throw error;
    }
  }
}
