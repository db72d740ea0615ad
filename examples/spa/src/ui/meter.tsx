interface MeterProps {
  label: string;
  percent: number;
  text?: string;
}

/** How far something is. */
export const Progress = ({ label, percent, text }: MeterProps) => (
  <div className="bar" role="progressbar" aria-label={label} aria-valuenow={percent} aria-valuemin={0} aria-valuemax={100} aria-valuetext={text}>
    <span style={{ inlineSize: `${percent}%` }} />
  </div>
);

/** How full something is. */
export const Meter = ({ label, percent, text }: MeterProps) => (
  <div className={percent > 90 ? 'bar bar-full' : 'bar'} role="meter" aria-label={label} aria-valuenow={percent} aria-valuemin={0} aria-valuemax={100} aria-valuetext={text}>
    <span style={{ inlineSize: `${Math.max(percent, percent > 0 ? 1 : 0)}%` }} />
  </div>
);
