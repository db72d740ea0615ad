/** The policies of infra/scaling.tf. */
export interface Policies {
  minTasks: number;
  maxTasks: number;
  /** Requests per task and minute. */
  requestsPerTarget: number;
  /** Percent. */
  cpuTarget: number;
  /** 0 to 1. */
  eventLoopLimit: number;
}

/** One minute as CloudWatch sees it. */
export interface Minute {
  at: number;
  requestsPerTask: number;
  /** 0 to 1: the core's, which is also the event loop's. */
  utilisation: number;
  p90Utilisation: number;
}

const OUT_POINTS = 3;
const IN_POINTS = 15;
const IN_MARGIN = 0.9;
const OUT_COOLDOWN = 60;
const IN_COOLDOWN = 300;
const LEAST_STEP = 3;

/**
 * Application Auto Scaling as documented: target tracking acts on 3 one-minute points above its target and 15 below 90 % of it;
 * the step policy on one point; what asks for most wins; cooldowns between.
 * Source: Application Auto Scaling, "How target tracking scaling works".
 */
export class Scaler {
  private outAt = -Infinity;
  private inAt = -Infinity;
  private stepAt = -Infinity;

  constructor(private readonly policies: Policies) {}

  desired(now: number, current: number, minutes: Minute[]): number {
    const { minTasks, maxTasks, requestsPerTarget, cpuTarget } = this.policies;
    const targets: [(minute: Minute) => number, number][] = [
      [({ requestsPerTask }) => requestsPerTask, requestsPerTarget],
      [({ utilisation }) => utilisation * 100, cpuTarget],
    ];
    const wanted = Math.max(...targets.map(([metric, target]) => this.tracked(now, current, minutes.map(metric), target)), this.stepped(now, current, minutes));
    const bounded = Math.min(maxTasks, Math.max(minTasks, wanted));
    if (bounded > current) this.outAt = now;
    if (bounded < current) this.inAt = now;
    return bounded;
  }

  private tracked(now: number, current: number, points: number[], target: number): number {
    const last = points.at(-1) ?? 0;
    const isAbove = points.length >= OUT_POINTS && points.slice(-OUT_POINTS).every((point) => point > target);
    if (isAbove && now >= this.outAt + OUT_COOLDOWN) return Math.ceil((current * last) / target);
    const isBelow = points.length >= IN_POINTS && points.slice(-IN_POINTS).every((point) => point < target * IN_MARGIN);
    if (isBelow && now >= Math.max(this.outAt, this.inAt) + IN_COOLDOWN) return Math.ceil((current * last) / target);
    return current;
  }

  private stepped(now: number, current: number, minutes: Minute[]): number {
    const over = (minutes.at(-1)?.p90Utilisation ?? 0) - this.policies.eventLoopLimit;
    if (over <= 0 || now < this.stepAt + OUT_COOLDOWN) return current;
    this.stepAt = now;
    return current + Math.max(LEAST_STEP, Math.ceil(current * (over >= 0.15 ? 1 : 0.5)));
  }
}
