import type { Outcome, Platform, Slice } from './model.js';

interface Report {
  platform: Platform;
  meanUs: number;
  outcomes: { title: string; outcome: Outcome }[];
  candidates: { requestsPerTarget: number; eventLoopLimit: number; borne: { name: string; outcome: Outcome }[]; taskMinutes: number; isEnough: boolean }[];
  best?: { requestsPerTarget: number; eventLoopLimit: number };
}

const WIDTH = 700;
const HEIGHT = 90;

function plot(title: string, slices: Slice[], value: (slice: Slice) => number, colour: string, unit: string): string {
  const end = slices.at(-1)?.at ?? 1;
  const most = Math.max(...slices.map(value));
  const top = most || 1;
  const points = slices.map((slice) => `${((slice.at / end) * WIDTH).toFixed(1)},${(HEIGHT - (value(slice) / top) * HEIGHT).toFixed(1)}`).join(' ');
  return `<svg viewBox="-90 -8 ${WIDTH + 100} ${HEIGHT + 24}" role="img" aria-label="${title}">
    <text x="-8" y="8" text-anchor="end">${Number(most.toPrecision(3))} ${unit}</text><text x="-8" y="${HEIGHT}" text-anchor="end">0</text>
    <text x="-8" y="${HEIGHT / 2 + 4}" text-anchor="end" class="what">${title}</text>
    <path d="M0 ${HEIGHT}H${WIDTH}" stroke="currentColor" opacity=".3"/><text x="${WIDTH}" y="${HEIGHT + 14}" text-anchor="end">${Math.round(end / 60)} min</text>
    <polyline points="${points}" fill="none" stroke="${colour}" stroke-width="1.5"/></svg>`;
}

const shown = ({ title, outcome: { slices, p99Ms, shedShare, failedShare, mostTasks } }: Report['outcomes'][number]): string => `<section><h2>${title}</h2>
<p>p99 ${p99Ms.toFixed(1)} ms · shed ${(shedShare * 100).toFixed(2)} % · failed ${(failedShare * 100).toFixed(3)} % · at most ${mostTasks} tasks</p>
${plot('requests/s', slices, ({ rate }) => rate, '#4c78a8', '/s')}${plot('tasks', slices, ({ tasks }) => tasks, '#0b6e4f', '')}
${plot('p99', slices, ({ p99Ms: p99 }) => p99, '#b279a2', 'ms')}${plot('shed', slices, ({ shedShare: shed }) => shed * 100, '#c44e52', '%')}</section>`;

export function simulationPage({ platform, meanUs, outcomes, candidates, best }: Report): string {
  const rows = candidates.map(({ requestsPerTarget, eventLoopLimit, borne, taskMinutes, isEnough }) => {
    const isBest = best?.requestsPerTarget === requestsPerTarget && best.eventLoopLimit === eventLoopLimit;
    return `<tr${isBest ? ' class="best"' : ''}><td>${requestsPerTarget.toLocaleString('en-US')}</td><td>${eventLoopLimit}</td>${borne.map(({ outcome }) => `<td>${(outcome.shedShare * 100).toFixed(2)} %</td>`).join('')}<td>${taskMinutes.toFixed(0)}</td><td>${isEnough ? 'yes' : 'no'}</td></tr>`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Scaling, simulated</title>
<style>
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; } body { max-width: 900px; margin: 2rem auto; padding: 0 1rem; }
h2 { margin: 2rem 0 0; font-size: 1.1rem; } svg { width: 100%; font-size: 12px; fill: currentColor; } .what { font-weight: 600; }
td, th { padding: .15rem 1rem .15rem 0; text-align: right; } .best { font-weight: 700; }
</style></head><body>
<h1>Scaling, simulated</h1>
<p>One core per task, first come, first served; mean service time ${Math.round(meanUs)} µs as measured; ${platform.minTasks} to ${platform.maxTasks} tasks over
${platform.zones} zones, ${platform.taskStart} s from decision to ready, ${platform.slowStart} s of slow start, metrics ${platform.metricDelay} s old. <code>npm run simulate</code></p>
${outcomes.map(shown).join('\n')}
<section><h2>Targets tried</h2><table><thead><tr><th>requests per task and minute</th><th>event loop</th>${(candidates[0]?.borne ?? []).map(({ name }) => `<th>shed, ${name}</th>`).join('')}<th>task minutes</th><th>enough</th></tr></thead><tbody>${rows.join('')}</tbody></table></section>
</body></html>
`;
}
