import { Global, Inject, Module, Optional, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Lifecycle } from './lifecycle.js';
import { Logs } from './logs.js';
import { Metrics, NoMetrics } from './metrics.js';
import type { Otlp } from './otlp.js';
import { NoTraces, Traces } from './traces.js';

const OTLP = Symbol('otlp');

/** Loading OpenTelemetry takes longer than the rest of the start: only where there is a collector. */
const otlp = async ({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }: Config): Promise<Otlp | undefined> =>
  endpoint === undefined ? undefined : new (await import('./otlp.js')).Otlp(endpoint);

@Global()
@Module({
  providers: [
    Lifecycle,
    { provide: OTLP, inject: [Config], useFactory: otlp },
    { provide: Metrics, inject: [OTLP], useFactory: (exporter?: Otlp) => exporter?.metrics ?? new NoMetrics() },
    { provide: Traces, inject: [OTLP], useFactory: (exporter?: Otlp) => exporter?.traces ?? new NoTraces() },
  ],
  exports: [Lifecycle, Metrics, Traces],
})
export class TelemetryModule implements OnApplicationShutdown {
  constructor(@Optional() @Inject(OTLP) private readonly exporter?: Otlp) {}

  static writing(logs: Logs): DynamicModule {
    return { module: TelemetryModule, providers: [{ provide: Logs, useValue: logs }], exports: [Logs] };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.exporter?.stop();
  }
}
