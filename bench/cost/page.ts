import { COST_LINES, sumOf, type CostLine, type MonthlyBill, type RequestCost, type RouteCost } from './bill.js';

interface Report {
  prices: { readOn: string; region: string };
  cpuOf: string;
  routes: RouteCost[];
  mix: RequestCost;
  bills: MonthlyBill[];
}

const COLOURS: Record<CostLine | 'standing', string> = {
  dynamodb: '#4c78a8', s3: '#72b7b2', cache: '#c44e52', cpu: '#0b6e4f', logs: '#b279a2', balancer: '#9d755d', standing: '#bab0ac',
};
const WIDTH = 560;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const dollars = (value: number): string => (value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(value >= 1 ? 2 : 3));

/** Parts of a sum side by side, to one scale. */
function bar(title: string, parts: [CostLine | 'standing', number][], scale: number, y: number): string {
  let x = 0;
  const pieces = parts.map(([line, value]) => {
    const width = (value / scale) * WIDTH;
    const piece = `<rect x="${x}" width="${width}" height="18" fill="${COLOURS[line]}"><title>${line} ${dollars(value)}</title></rect>`;
    x += width;
    return piece;
  });
  const sum = parts.reduce((total, [, value]) => total + value, 0);
  return `<g transform="translate(200 ${y})"><text x="-8" y="14" text-anchor="end">${escaped(title)}</text>${pieces.join('')}<text x="${x + 6}" y="14">${dollars(sum)}</text></g>`;
}

const chart = (label: string, rows: { title: string; parts: [CostLine | 'standing', number][]; scale: number }[]): string =>
  `<svg viewBox="0 0 ${WIDTH + 320} ${rows.length * 26}" role="img" aria-label="${label}">${rows.map(({ title, parts, scale }, i) => bar(title, parts, scale, i * 26)).join('')}</svg>`;

export function costPage({ prices, cpuOf, routes, mix, bills }: Report): string {
  const perMillion = [...routes.map(({ title, cost }) => ({ title, cost })), { title: 'the mix', cost: mix }];
  const scale = Math.max(...perMillion.map(({ cost }) => sumOf(cost) * 1e6));
  const requests = perMillion.map(({ title, cost }) => ({ title, scale, parts: COST_LINES.map((line): [CostLine, number] => [line, cost[line] * 1e6]) }));
  const months = bills.map(({ perSecond, lines, standing, total }) => ({
    title: `${perSecond.toLocaleString('en-US')} requests/s`,
    scale: total,
    parts: [...COST_LINES.map((line): [CostLine, number] => [line, lines[line]]), ['standing', standing] as ['standing', number]],
  }));
  const legend = Object.entries(COLOURS).map(([line, colour]) => `<span><i style="background:${colour}"></i>${line}</span>`).join(' ');
  const dominates = bills.map(({ perSecond, total, biggest }) => `<li>${perSecond.toLocaleString('en-US')} requests/s: <b>${dollars(total)}</b> dollars a month, most of it <b>${biggest}</b></li>`).join('');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>What a million requests cost</title>
<style>
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 960px; margin: 2rem auto; padding: 0 1rem; }
h2 { font-size: 1rem; margin-top: 2rem; } svg { width: 100%; font-size: 13px; fill: currentColor; }
i { display: inline-block; width: .8em; height: .8em; margin: 0 .3em 0 1em; }
</style></head><body>
<h1>What a million requests cost</h1>
<p>US dollars, ${prices.region}, prices of ${prices.readOn}. Operations and capacity recorded from real requests, CPU from the benchmark of ${escaped(cpuOf)};
a task's core is a third busy. Not in it: CloudFront, the web ACL, storage, transfer to the internet. <code>npm run cost</code></p>
<p>${legend}</p>
<h2>Dollars per million requests</h2>${chart('Dollars per million requests', requests)}
<h2>Dollars a month, each bar to its own scale</h2>${chart('Dollars a month', months)}
<ul>${dominates}</ul>
</body></html>
`;
}
