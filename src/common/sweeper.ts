export interface SweepOptions {
  /** Only tell what would be done. */
  dryRun?: boolean;
  onProgress?: (step: Record<string, unknown>) => void;
}

/** Finishes what is due in one feature. Repeatable, safe in parallel, killable at any point. */
export interface Sweeper {
  /** What was done how often; `failures` are things that the next sweep has to try again. */
  sweep(options?: SweepOptions): Promise<{ failures: number } & Record<string, number>>;
}
