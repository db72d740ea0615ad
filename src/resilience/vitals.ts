import { performance, type EventLoopUtilization } from 'node:perf_hooks';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { SoftState } from '../common/soft-state.js';
import { Logs } from '../telemetry/logs.js';
import { Metrics } from '../telemetry/metrics.js';
import { LoadShedder } from './load-shedder.js';
import { RequestsInFlight } from './requests-in-flight.js';

const SHED_MS = 1_000;
/** Four points in each of the minutes that the scaler looks at (docs/adr/0011-scaling.md). */
const VITALS_EVERY = 15;

/** How the task is, as log lines that CloudWatch turns into metrics (infra/logs.tf) and as metrics for a collector. */
@SoftState({ holds: 'what was logged last of counters', bound: 'three numbers', maxAge: '15 s', ifLost: 'one log line' })
@Injectable()
export class Vitals implements OnModuleDestroy {
  private readonly timer: NodeJS.Timeout;
  private loop: EventLoopUtilization = performance.eventLoopUtilization();
  private seconds = 0;
  private refused = 0;

  constructor(
    private readonly logs: Logs,
    private readonly shedder: LoadShedder,
    private readonly inFlight: RequestsInFlight,
    metrics: Metrics,
  ) {
    metrics.gauge('nodejs.eventloop.utilization', 'Share of the time that the event loop was busy, 0 to 1.', () => this.utilization());
    metrics.gauge('nodejs.eventloop.turn', 'Milliseconds that the median turn of the event loop took in the last tenth of a second.', () => shedder.turnMs);
    metrics.gauge('stateless.shedding.pressure', '0: nothing is refused; from 1.7 on reads are.', () => shedder.pressureNow);
    metrics.gauge('stateless.requests.refused', 'Requests refused because the task was full, since its start.', () => shedder.refused);
    metrics.gauge('stateless.requests.late', 'Requests answered 503 because their time was over, since the start.', () => inFlight.late);
    metrics.gauge('stateless.logs.dropped', 'Log lines dropped because nobody read them, since the start.', () => logs.dropped);
    this.timer = setInterval(() => this.tick(), SHED_MS);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private tick(): void {
    this.seconds += 1;
    const { refused } = this.shedder;
    if (refused > this.refused) this.logs.logger.warn({ event: 'request-shed', count: refused - this.refused, inFlight: this.inFlight.count });
    this.refused = refused;
    if (this.seconds % VITALS_EVERY === 0) this.report();
  }

  private report(): void {
    const { rss, heapUsed } = process.memoryUsage();
    this.logs.logger.info({
      event: 'vitals',
      eventLoopUtilization: this.utilization(),
      inFlight: this.inFlight.count,
      late: this.inFlight.late,
      refused: this.refused,
      droppedLogLines: this.logs.dropped,
      rssMiB: Math.round(rss / 2 ** 20),
      heapMiB: Math.round(heapUsed / 2 ** 20),
    });
    this.loop = performance.eventLoopUtilization();
  }

  /** Since the last report. */
  private utilization(): number {
    return Math.round(performance.eventLoopUtilization(this.loop).utilization * 1_000) / 1_000;
  }
}
