export type Labels = Record<string, string | number>;

/** Only rises. */
export interface Counter {
  add(value: number, labels?: Labels): void;
}

/** Durations in seconds, sizes in the unit of its name. */
export interface Histogram {
  record(value: number, labels?: Labels): void;
}

/**
 * Where numbers go; docs/telemetry.md says what each promises. Labels have few values: never an id, an address or anything that a
 * client sent. Recording costs nothing worth measuring while nobody collects.
 */
export abstract class Metrics {
  /** Whether somebody collects: what is dear to find out is not asked otherwise. */
  abstract readonly isOn: boolean;
  abstract counter(name: string, description: string): Counter;
  abstract histogram(name: string, description: string): Histogram;
  /** `observe` is called when the metric is collected, and not at all while nobody does. */
  abstract gauge(name: string, description: string, observe: () => number, labels?: Labels): void;
}

const nothing: Counter & Histogram = Object.freeze({ add: () => undefined, record: () => undefined });

/** Nobody collects. */
export class NoMetrics extends Metrics {
  readonly isOn = false;
  counter = (): Counter => nothing;
  histogram = (): Histogram => nothing;
  gauge = (): void => undefined;
}
