import { Histogram } from '../../test/faults/load/histogram.js';
import { generator } from './random.js';
import { Scaler, type Minute, type Policies } from './scaler.js';
import { Task } from './task.js';

/** A kind of request: its share of the traffic, its CPU and the time it waits for stores, in seconds. */
export interface Kind {
  share: number;
  cpu: number;
  wait: number;
}

export interface Scenario {
  name: string;
  title: string;
  seconds: number;
  /** Requests a second at a time. */
  rate(now: number): number;
  /** What a kind of request costs at a time; a fault changes it. */
  kind?(kind: Kind, now: number): Kind;
  /** When a zone's tasks die at once. */
  zoneLost?: { at: number; zone: number };
  /** When every task is replaced, a batch after the other. */
  deployment?: { at: number };
}

export interface Platform extends Policies {
  zones: number;
  /** From the decision to run a task until its health checks passed. Seconds. */
  taskStart: number;
  slowStart: number;
  /** How old a minute's metric is when the scaler sees it. Seconds. */
  metricDelay: number;
  /** A queue longer than this is shed at once. Seconds. */
  shedAfter: number;
  /** CPU of a shed reply. Seconds. */
  shedCpu: number;
  /** Until the balancer has noticed that a dead task does not answer. Seconds. */
  healthCheck: number;
}

/** One slice of the run, for plots. */
export interface Slice {
  at: number;
  rate: number;
  p99Ms: number;
  shedShare: number;
  tasks: number;
}

export interface Outcome {
  slices: Slice[];
  p99Ms: number;
  shedShare: number;
  failedShare: number;
  taskMinutes: number;
  mostTasks: number;
}

const SLICE = 10;
const MINUTE = 60;

/** Counts what became of the requests, by slices and in all. */
class Ledger {
  private readonly slices: Slice[] = [];
  private readonly all = new Histogram();
  private slice = new Histogram();
  private sliceShed = 0;
  private sliceSent = 0;
  private sent = 0;
  private shed = 0;
  private failed = 0;
  private taskSeconds = 0;

  /** Milliseconds, or why there are none. */
  add(result: number | 'shed' | 'failed'): void {
    this.sent += 1;
    this.sliceSent += 1;
    if (result === 'failed') this.failed += 1;
    else if (result === 'shed') {
      this.shed += 1;
      this.sliceShed += 1;
    } else {
      this.slice.record(result);
      this.all.record(result);
    }
  }

  close(at: number, rate: number, tasks: number): void {
    this.slices.push({ at, rate, p99Ms: this.slice.percentile(0.99), shedShare: this.sliceSent ? this.sliceShed / this.sliceSent : 0, tasks });
    this.taskSeconds += tasks * SLICE;
    this.slice = new Histogram();
    this.sliceShed = 0;
    this.sliceSent = 0;
  }

  outcome(): Outcome {
    return {
      slices: this.slices,
      p99Ms: this.all.percentile(0.99),
      shedShare: this.shed / this.sent,
      failedShare: this.failed / this.sent,
      taskMinutes: this.taskSeconds / MINUTE,
      mostTasks: Math.max(...this.slices.map(({ tasks }) => tasks)),
    };
  }
}

/**
 * Requests arrive at random (Poisson) and are served first come, first served, by one core per task; every minute the metrics are
 * taken and, when they have arrived, the scaler decides.
 */
export class Simulation {
  private tasks: Task[] = [];
  private readonly scaler: Scaler;
  private readonly random: () => number;
  private readonly minutes: Minute[] = [];
  private turn = 0;

  constructor(
    private readonly platform: Platform,
    private readonly kinds: Kind[],
    private readonly scenario: Scenario,
    seed: number,
  ) {
    this.scaler = new Scaler(platform);
    this.random = generator(seed);
    const needed = Math.max(platform.minTasks, Math.ceil((scenario.rate(0) * MINUTE) / platform.requestsPerTarget));
    for (let i = 0; i < needed; i += 1) this.tasks.push(new Task(i % platform.zones, -MINUTE, -MINUTE));
  }

  run(): Outcome {
    const ledger = new Ledger();
    let nextSlice = SLICE;
    let nextMinute = MINUTE;
    for (let now = this.gap(0); now < this.scenario.seconds; now += this.gap(now)) {
      for (; now >= nextMinute; nextMinute += MINUTE) this.control(nextMinute);
      for (; now >= nextSlice; nextSlice += SLICE) ledger.close(nextSlice, this.scenario.rate(nextSlice), this.alive(nextSlice).length);
      ledger.add(this.serve(now));
    }
    return ledger.outcome();
  }

  private gap(now: number): number {
    return -Math.log(1 - this.random()) / this.scenario.rate(now);
  }

  private serve(now: number): number | 'shed' | 'failed' {
    const task = this.choose(now);
    if (!task) return 'failed';
    const lost = this.scenario.zoneLost;
    if (lost && now >= lost.at && task.zone === lost.zone && task.startedAt < lost.at) return 'failed';
    task.requests += 1;
    const begins = Math.max(now, task.freeAt);
    if (begins - now > this.platform.shedAfter) {
      task.freeAt = begins + this.platform.shedCpu;
      task.busy += this.platform.shedCpu;
      return 'shed';
    }
    const { cpu, wait } = this.kindAt(now);
    task.freeAt = begins + cpu;
    task.busy += cpu;
    return (task.freeAt - now + wait) * 1_000;
  }

  /** Round robin; a task in slow start is passed over in proportion. */
  private choose(now: number): Task | undefined {
    for (let tries = 0; tries < this.tasks.length * 4; tries += 1) {
      const task = this.tasks[(this.turn += 1) % this.tasks.length];
      const weight = task?.weight(now, this.platform.slowStart) ?? 0;
      if (weight > 0 && (weight === 1 || this.random() < weight)) return task;
    }
    return this.tasks.find((task) => task.weight(now, this.platform.slowStart) > 0);
  }

  private kindAt(now: number): Kind {
    let left = this.random();
    const kind = this.kinds.find(({ share }) => (left -= share) < 0) ?? (this.kinds[0] as Kind);
    const { cpu, wait, share } = this.scenario.kind?.(kind, now) ?? kind;
    // Service times scatter: a fifth below to a good deal above their mean.
    return { share, cpu: cpu * (0.8 - 0.2 * Math.log(1 - this.random())), wait: wait * -Math.log(1 - this.random()) };
  }

  private alive(now: number): Task[] {
    return this.tasks.filter(({ readyAt, leavesAt }) => readyAt <= now && now < leavesAt);
  }

  private control(now: number): void {
    this.observe(now);
    const seen = this.minutes.filter(({ at }) => at + this.platform.metricDelay <= now);
    const staying = this.tasks.filter(({ leavesAt }) => leavesAt === Infinity);
    const desired = this.scaler.desired(now, staying.length, seen);
    for (let i = staying.length; i < desired; i += 1) this.startTask(now);
    for (const task of staying.slice(desired)) task.leavesAt = now;
    this.loseZone(now);
    this.deploy(now, staying);
    this.tasks = this.tasks.filter(({ leavesAt }) => leavesAt > now - MINUTE);
  }

  private observe(now: number): void {
    const tasks = this.alive(now - 1);
    const each = tasks.map(({ busy }) => Math.min(1, busy / MINUTE)).sort((a, b) => a - b);
    const requests = tasks.reduce((sum, task) => sum + task.requests, 0);
    this.minutes.push({
      at: now,
      requestsPerTask: requests / Math.max(1, tasks.length),
      utilisation: each.reduce((sum, one) => sum + one, 0) / Math.max(1, each.length),
      p90Utilisation: each[Math.floor(each.length * 0.9)] ?? 0,
    });
    for (const task of tasks) [task.busy, task.requests] = [0, 0];
  }

  private startTask(now: number): void {
    const zones = Array.from({ length: this.platform.zones }, (_, zone) => zone).filter((zone) => zone !== this.lostZone(now));
    const count = (zone: number) => this.tasks.filter((task) => task.zone === zone && task.leavesAt === Infinity).length;
    const emptiest = zones.sort((a, b) => count(a) - count(b))[0] ?? 0;
    this.tasks.push(new Task(emptiest, now, now + this.platform.taskStart));
  }

  private lostZone(now: number): number | undefined {
    const lost = this.scenario.zoneLost;
    return lost && now >= lost.at ? lost.zone : undefined;
  }

  /** The balancer notices at its health check; the service replaces what died. */
  private loseZone(now: number): void {
    const lost = this.scenario.zoneLost;
    if (!lost || now < lost.at || now >= lost.at + MINUTE) return;
    for (const task of this.tasks) {
      if (task.zone !== lost.zone || task.startedAt >= lost.at || task.leavesAt !== Infinity) continue;
      task.leavesAt = lost.at + this.platform.healthCheck;
      this.startTask(now);
    }
  }

  /** 200 % at most, 100 % at least: as many successors as there are tasks, and those leave when these are warm. */
  private deploy(now: number, staying: Task[]): void {
    const { deployment } = this.scenario;
    if (!deployment || now < deployment.at || now >= deployment.at + MINUTE) return;
    for (const task of staying) {
      task.leavesAt = now + this.platform.taskStart + this.platform.slowStart;
      this.startTask(now);
    }
  }
}
