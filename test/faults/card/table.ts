import type { Result } from '../scorecard.js';

const WIDTHS = { fault: 46, measured: 78 };

const cut = (text: string, width: number): string => (text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width));

/** What to show of a row in one line: what fails, or else what it is about. */
function measuredOf({ error, checks, holds }: Result): string {
  if (error) return `not judged: ${error.split('\n', 1)[0]}`;
  const shown = holds ? checks.filter(({ what }) => !what.endsWith(': requests')) : checks.filter((check) => !check.holds);
  return shown.map(({ what, measured, promise, holds }) => `${what} ${measured}${holds ? '' : ` (not ${promise})`}`).join(' · ');
}

export const lineOf = (result: Result): string =>
  [
    String(result.number).padStart(2),
    result.error ? '?? ' : result.holds ? 'yes' : 'NO ',
    `${String(Math.round(result.seconds)).padStart(4)} s`,
    cut(result.without ? `without ${result.without}` : result.fault, WIDTHS.fault),
    process.stdout.isTTY ? cut(measuredOf(result), WIDTHS.measured) : measuredOf(result),
  ].join('  ');

export const HEADER = [' #', 'ok ', '  time', cut('fault', WIDTHS.fault), 'measured'].join('  ');
