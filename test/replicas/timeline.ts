import type { Divergence } from './divergence.js';

export const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character] ?? '');

const ROW = 30;
const TOP = 44;
const CLIENT = 470;
const COLUMN = 130;

/** A sequence diagram of what the fleet's clients did: who answered what, and what was killed or cut off before. */
export function timeline({ fleet, lone, at }: Divergence): string {
  const columns = [...new Set(fleet.witnesses.map(({ by }) => by))].sort();
  const x = (by: string): number => CLIENT + COLUMN * (columns.indexOf(by) + 1);
  const height = TOP + ROW * fleet.trace.length + 10;
  const width = CLIENT + COLUMN * (columns.length + 1) + 120;
  const lifelines = ['the clients', ...columns].map((name, index) => {
    const at = CLIENT + COLUMN * index;
    return `<text x="${at}" y="16" text-anchor="middle">${escape(name)}</text><line x1="${at}" y1="24" x2="${at}" y2="${height}" stroke-dasharray="2 4"/>`;
  });
  const rows = fleet.trace.map(({ request, status }, index) => {
    const { by = '', step = 0, disturbance = 'none' } = fleet.witnesses[index] ?? {};
    const y = TOP + ROW * index;
    const before = lone.trace[index]?.status;
    const verdict = before === undefined || before === status ? `${status}` : `${status}, alone ${before}`;
    const fault = disturbance === 'none' ? '' : `<text class="kill" x="${CLIENT + 8}" y="${y - 6}">✕ ${disturbance}</text>`;
    return `<g${index === at ? ' class="at"' : ''}>${index === at ? `<rect x="0" y="${y - 18}" width="${width}" height="${ROW - 2}"/>` : ''}
      <text x="${CLIENT - 14}" y="${y}" text-anchor="end">${escape(shortened(`${step}. ${request}`))}</text>${fault}
      <line class="call" x1="${CLIENT}" y1="${y - 3}" x2="${x(by)}" y2="${y - 3}"/><circle cx="${x(by)}" cy="${y - 3}" r="4"/>
      <text x="${x(by) + 10}" y="${y + 1}">${verdict}</text></g>`;
  });
  return `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="Which replica answered which call">${lifelines.join('')}${rows.join('')}</svg>`;
}

const shortened = (text: string): string => (text.length > 58 ? `${text.slice(0, 57)}…` : text);
