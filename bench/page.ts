import { CONTESTANTS } from './contestants.js';
import type { Cell, Results } from './main.js';

const COLOURS: Record<string, string> = { service: '#0b6e4f', equal: '#4c78a8', bare: '#9ecae9', textbook: '#c44e52' };
const BAR = 22;
const WIDTH = 520;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const rounded = (value: number): string => String(Number(value.toPrecision(3)));

/** One workload: a bar per server, with a whisker from the fastest to the slowest round. */
function chart({ title, cells }: Results['workloads'][number]): string {
  const longest = Math.max(...cells.map(({ cpuUs }) => cpuUs.max));
  const x = (value: number): number => (value / longest) * WIDTH;
  const bar = ({ server, cpuUs, ratio }: Cell, i: number): string => {
    const y = i * BAR;
    const note = `${rounded(cpuUs.median)} µs${ratio ? ` · service ${ratio.median.toFixed(2)}×` : ''}`;
    return `<g transform="translate(190 ${y})">
      <text x="-8" y="15" text-anchor="end">${escaped(CONTESTANTS.find(({ name }) => name === server)?.title ?? server)}</text>
      <rect y="3" width="${x(cpuUs.median)}" height="16" fill="${COLOURS[server]}"/>
      <path d="M${x(cpuUs.min)} 11H${x(cpuUs.max)}" stroke="currentColor"/>
      <text x="${x(cpuUs.max) + 6}" y="15">${note}</text></g>`;
  };
  return `<section><h2>${escaped(title)}</h2><svg viewBox="0 0 ${190 + WIDTH + 190} ${cells.length * BAR + 4}" role="img" aria-label="CPU per request, ${escaped(title)}">${cells.map(bar).join('')}</svg></section>`;
}

/** The last run as one page without scripts or outside files. */
export function pageOf({ at, machine, node, rounds, workloads, verdicts, beside }: Results): string {
  const verdict = ({ goal, measured, atMost, holds }: Results['verdicts'][number]) =>
    `<tr class="${holds ? 'holds' : 'missed'}"><td>${holds ? '✓' : '✗'}</td><td>${escaped(goal)}</td><td>${rounded(measured)}</td><td>${rounded(atMost)}</td></tr>`;
  const others = beside
    ? `<p>Start to ready ${Math.round(beside.start.service)} ms (textbook ${Math.round(beside.start.textbook)} ms, <code>node -e 0</code> ${Math.round(beside.start.nothing)} ms).
      p99 of the mixed workload at ${beside.latency.perSecond} requests/s: ${rounded(beside.latency.service)} ms, equal-work Fastify ${rounded(beside.latency.equal)} ms.
      Idle memory ${Math.round(beside.idleMb)} MiB; growth over a million requests ${(beside.growth * 100).toFixed(1)} %.</p>`
    : '';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>What a request costs</title>
<style>
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 960px; margin: 2rem auto; padding: 0 1rem; }
h2 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
svg { width: 100%; font-size: 13px; fill: currentColor; }
table { border-collapse: collapse; } td, th { padding: .2rem .8rem .2rem 0; text-align: left; border-bottom: 1px solid #8884; }
.missed td:first-child { color: #c44e52; } .holds td:first-child { color: #0b6e4f; }
</style></head><body>
<h1>What a request costs: CPU per request</h1>
<p>${escaped(at)} · ${escaped(machine)} · Node ${escaped(node)} · medians of ${rounds} rounds in turn; the line spans fastest to slowest round.
Ratios are taken round by round. Run it yourself: <code>npm run bench</code>.</p>
${workloads.map(chart).join('\n')}
<section><h2>Beside the CPU</h2>${others}</section>
<section><h2>Goals</h2><table><thead><tr><th></th><th>goal</th><th>measured</th><th>at most</th></tr></thead><tbody>${verdicts.map(verdict).join('')}</tbody></table></section>
</body></html>
`;
}
