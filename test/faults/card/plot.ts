import { Histogram } from '../load/histogram.js';
import type { Sample } from '../load/open-loop.js';
import type { Span } from '../world/recording.js';
import { isFailure } from '../world/recording.js';

const WIDTH = 960;
const HEIGHT = 210;
const LEFT = 54;
const RIGHT = 12;
const TOP = 34;
const BOTTOM = 26;
const BINS = 120;

interface Bin {
  from: number;
  to: number;
  p50: number;
  p99: number;
  failed: number;
}

function binsOf(samples: Sample[], length: number): Bin[] {
  const width = length / BINS;
  const bins = Array.from({ length: BINS }, (_, nth) => ({ from: nth * width, to: (nth + 1) * width, ms: [] as number[], failed: 0 }));
  for (const sample of samples) {
    const bin = bins[Math.min(BINS - 1, Math.floor(sample.at / width))];
    bin?.ms.push(sample.ms);
    if (bin && isFailure(sample)) bin.failed += 1;
  }
  return bins.filter(({ ms }) => ms.length > 0).map(({ from, to, ms, failed }) => {
    const histogram = Histogram.of(ms);
    return { from, to, p50: histogram.percentile(0.5), p99: histogram.percentile(0.99), failed };
  });
}

const round = (value: number): string => value.toFixed(1);
export const escape = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
const nameOf = (ms: number): string => (ms >= 1_000 ? `${ms / 1_000} s` : `${ms} ms`);

/** Latency over time on a logarithmic scale: median and 99th percentile, failures as red ticks, faults as shaded stretches. */
export function plotOf(samples: Sample[], spans: Span[]): string {
  const length = Math.max(...samples.map(({ at }) => at), ...spans.map(({ to }) => (Number.isFinite(to) ? to : 0)), 1);
  const bins = binsOf(samples, length);
  const highest = 10 ** Math.ceil(Math.log10(Math.max(100, ...bins.map(({ p99 }) => p99))));
  const decades = Math.log10(highest);
  const x = (ms: number) => LEFT + (ms / length) * (WIDTH - LEFT - RIGHT);
  const y = (ms: number) => HEIGHT - BOTTOM - (Math.log10(Math.max(1, ms)) / decades) * (HEIGHT - TOP - BOTTOM);
  const line = (kind: 'p50' | 'p99') => {
    const points = bins.map((bin) => `${round(x((bin.from + bin.to) / 2))},${round(y(bin[kind]))}`);
    return `<polyline class="${kind}" points="${points.join(' ')}"/>`;
  };
  const grid = Array.from({ length: decades + 1 }, (_, power) => {
    const at = round(y(10 ** power));
    return `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/><text class="scale" x="${LEFT - 6}" y="${Number(at) + 4}" text-anchor="end">${nameOf(10 ** power)}</text>`;
  });
  const seconds = ticksOf(length).map((ms) => `<text class="scale" x="${round(x(ms))}" y="${HEIGHT - 8}" text-anchor="middle">${ms / 1_000} s</text>`);
  const failures = bins.filter(({ failed }) => failed > 0).map(({ from, to, failed }) => {
    const at = round(x((from + to) / 2));
    return `<line class="failure" x1="${at}" x2="${at}" y1="${HEIGHT - BOTTOM}" y2="${HEIGHT - BOTTOM - 12}"><title>${failed} failed</title></line>`;
  });
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Latency over time">${shades(spans, length, x)}${grid.join('')}${seconds.join('')}${line('p99')}${line('p50')}${failures.join('')}</svg>`;
}

function shades(spans: Span[], length: number, x: (ms: number) => number): string {
  let free = -Infinity;
  return spans.filter(({ kind }) => kind !== 'after').map(({ kind, label, from, to }) => {
    const start = x(from);
    const end = x(Math.min(to, length));
    // Labels that would run into one another are left to the tooltip.
    const width = label.length * 6.2;
    const isShown = start >= free && start + width <= WIDTH;
    if (isShown) free = start + width + 8;
    const name = isShown ? `<text class="label ${kind}" x="${round(start + 3)}" y="${TOP - 10}">${escape(label)}</text>` : '';
    return `<rect class="${kind}" x="${round(start)}" y="${TOP - 4}" width="${round(Math.max(1, end - start))}" height="${HEIGHT - TOP - BOTTOM + 4}"><title>${escape(label)}</title></rect>${name}`;
  }).join('');
}

function ticksOf(length: number): number[] {
  const step = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000].find((each) => length / each <= 12) ?? 600_000;
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, nth) => nth * step);
}
