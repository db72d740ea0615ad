import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { SoftState } from '../common/soft-state.js';
import { LoopTurns } from './loop-turns.js';
import { RequestsInFlight } from './requests-in-flight.js';
import { ROUTE_CLASSES, type RouteClass, type Tier } from './route-class.js';

const MEASURE_MS = 100;
/** The histogram takes a sample that often, and never shows shorter turns than that. */
const RESOLUTION_MS = 5;

/** How long the median turn of the event loop may take: whoever is refused waits a turn or two. Single long turns do not count. Milliseconds. */
const TARGET_MS = 8;
/** A measurement that took so long tells of a process that was stopped or frozen (as AWS Lambda does), not of load. Milliseconds. */
const STOPPED_MS = 1_000;
/** The most that the pressure rises in the time of one measurement, for turns of twice the target and more. */
const RISE = 0.15;
/** What it falls in that time: slower than it rises, or load would come back in bursts. */
const FALL = 0.06;

/** So few at once are never too many: then the turns are long because something else has the machine, and refusing helps nobody. */
const FEW = 4;

/** Pieces of long work that may wait for their turns. While they do the processor has enough to do: more of them would only wait longer. */
const MOST_WAITING = 4;

/** Requests at once. Beyond its number a tier is refused whatever the event loop says: a dependency may hang. */
const MOST_IN_FLIGHT: Record<Tier, number> = { always: Infinity, cheap: 1_024, middle: 768, dear: 512 };

/** The pressure from which a tier is refused in part; one more and it is refused whole. */
const FROM: Record<Tier, number> = { always: Infinity, dear: 0.3, middle: 1, cheap: 1.7 };
const MOST_PRESSURE = FROM.cheap + 0.98;

/**
 * Refuses what would only make everybody wait. The pressure rises while turns of the event loop take longer than the target and
 * falls while they are shorter; it says which share of each tier is refused, the dear ones first. Long work takes turns, which
 * keeps them short: there the queue tells, and at once. Unloaded it costs a comparison.
 */
@SoftState({ holds: 'how much of the load is refused at the moment', bound: 'seven numbers and a histogram', maxAge: 'measured 10 times a second', ifLost: 'nothing: the next task measures for itself' })
@Injectable()
export class LoadShedder implements OnModuleDestroy {
  private readonly turns = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private readonly timer: NodeJS.Timeout;
  private pressure = 0;
  private measuredAt = performance.now();
  private readonly due: Record<Tier, number> = { always: 0, cheap: 0, middle: 0, dear: 0 };
  /** Since the start of the process. */
  refused = 0;
  /** The median turn of the last measurement. Milliseconds. */
  turnMs = 0;

  constructor(
    private readonly inFlight: RequestsInFlight,
    private readonly loopTurns: LoopTurns,
  ) {
    this.turns.enable();
    this.timer = setInterval(() => this.measure(), MEASURE_MS);
    this.timer.unref();
  }

  get pressureNow(): number {
    return this.pressure;
  }

  refuses(routeClass: RouteClass): boolean {
    const { tier } = ROUTE_CLASSES[routeClass];
    if (this.inFlight.count < FEW) return false;
    const isRefused = (tier === 'dear' && this.loopTurns.waiting >= MOST_WAITING) || this.isTooMuch(tier);
    if (isRefused) this.refused += 1;
    return isRefused;
  }

  /** Moves the pressure by how far the median turn is from the target, and by how long that lasted: a measurement waits for its turn too. */
  observe(turnMs: number, lastedMs = MEASURE_MS): void {
    const step = turnMs > TARGET_MS ? RISE * Math.min(1, turnMs / TARGET_MS - 1) : -FALL;
    this.pressure = Math.max(0, Math.min(MOST_PRESSURE, this.pressure + step * (lastedMs / MEASURE_MS)));
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
    this.turns.disable();
  }

  private isTooMuch(tier: Tier): boolean {
    const { count } = this.inFlight;
    if (this.pressure === 0 && count < MOST_IN_FLIGHT.dear) return false;
    const share = Math.max(0, Math.min(1, this.pressure - FROM[tier]));
    // A burst between two measurements must not fill the next turns: the higher the pressure, the fewer at once.
    return count >= Math.min(MOST_IN_FLIGHT[tier], FEW / share) || this.isDue(tier, share);
  }

  /** Spreads what is refused evenly, without chance: half means every second one. */
  private isDue(tier: Tier, share: number): boolean {
    if (share === 0) return false;
    this.due[tier] += share;
    if (this.due[tier] < 1) return false;
    this.due[tier] -= 1;
    return true;
  }

  private measure(): void {
    const { count } = this.turns;
    const median = this.turns.percentile(50);
    this.turns.reset();
    const now = performance.now();
    const tookMs = now - this.measuredAt;
    this.measuredAt = now;
    if (count === 0 || tookMs >= STOPPED_MS) return;
    this.turnMs = median / 1e6;
    this.observe(this.turnMs, tookMs);
  }
}
