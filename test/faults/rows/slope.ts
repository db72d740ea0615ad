export interface Slope {
  slope: number;
  /** Two standard errors of it. Infinite for fewer than three points. */
  doubt: number;
}

/** Least squares through points; the unit is that of y per one of x. */
export function slopeOf(points: [x: number, y: number][]): Slope {
  const n = points.length;
  if (n < 3) return { slope: 0, doubt: Infinity };
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / n;
  const mx = mean(points.map(([x]) => x));
  const my = mean(points.map(([, y]) => y));
  const spread = points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
  const slope = points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / spread;
  const rest = points.reduce((sum, [x, y]) => sum + (y - my - slope * (x - mx)) ** 2, 0);
  return { slope, doubt: 2 * Math.sqrt(rest / (n - 2) / spread) };
}
