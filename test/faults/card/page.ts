import type { Check } from '../rows/row.js';
import type { Result } from '../scorecard.js';
import { escape, plotOf } from './plot.js';

export interface Run {
  startedAt: Date;
  seconds: number;
  isShort: boolean;
}

const STYLE = `
  :root { color-scheme: light dark; --good: #197a3d; --bad: #c4232b; --soft: #6b7280; --line: #8883; --fault: #e2a13c33; --calm: #3c8ae218; font: 15px/1.5 system-ui, sans-serif; }
  @media (prefers-color-scheme: dark) { :root { --good: #58c07f; --bad: #ff6b6b; --soft: #9aa3af; } }
  body { max-width: 66rem; margin: 2.5rem auto; padding: 0 1.25rem; }
  h1 { margin-bottom: .2rem; } h2 { font-size: 1.1rem; margin: 0; } .soft { color: var(--soft); }
  table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
  th { text-align: left; font-weight: 600; } td, th { padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
  td.number { text-align: right; } .yes { color: var(--good); } .no { color: var(--bad); font-weight: 600; }
  section { margin-top: 2.2rem; border-top: 2px solid var(--line); padding-top: 1rem; } section header { display: flex; gap: 1rem; justify-content: space-between; }
  svg { width: 100%; height: auto; margin-top: .6rem; } details { margin-top: .4rem; } summary { cursor: pointer; color: var(--soft); } pre { overflow-x: auto; font-size: .8rem; }
  .grid { stroke: var(--line); } .scale, .label { font-size: 11px; fill: var(--soft); } .label.fault { fill: currentColor; font-weight: 600; }
  rect.fault { fill: var(--fault); } rect.calm { fill: var(--calm); } polyline { fill: none; stroke-linejoin: round; }
  .p50 { stroke: #3c8ae2; stroke-width: 1.6; } .p99 { stroke: #d9822b; stroke-width: 1.2; } .failure { stroke: var(--bad); stroke-width: 3; }
  .key { display: flex; gap: 1.4rem; font-size: .85rem; color: var(--soft); flex-wrap: wrap; } .key i { display: inline-block; width: 1.1rem; height: .22rem; vertical-align: middle; margin-right: .4rem; }
  .key i.box { height: .8rem; }
`;

const KEY = `<p class="key"><span><i style="background:#3c8ae2"></i>median</span><span><i style="background:#d9822b"></i>99th percentile</span>
  <span><i style="background:var(--bad)"></i>requests failed</span><span><i class="box" style="background:var(--calm)"></i>undisturbed</span><span><i class="box" style="background:var(--fault)"></i>fault</span>
  <span>Latency from the time at which a request was due, on a logarithmic scale.</span></p>`;

const verdict = ({ holds, error }: Result): string => (error ? '<span class="no">not judged</span>' : holds ? '<span class="yes">holds</span>' : '<span class="no">does not hold</span>');

const checkRow = ({ what, measured, promise, holds }: Check): string =>
  `<tr><td>${escape(what)}</td><td>${escape(measured)}</td><td>${escape(promise)}</td><td class="${holds ? 'yes' : 'no'}">${holds ? 'yes' : 'no'}</td></tr>`;

function sectionOf(result: Result): string {
  const { number, fault, promise, without, checks, error, seconds, runs, samples, spans } = result;
  const failing = checks.filter(({ holds }) => !holds);
  return `<section id="row-${number}"><header><h2>${number}. ${escape(fault)}</h2><span>${verdict(result)}</span></header>
    <p>${escape(promise)} <span class="soft">· ${seconds} s${runs > 1 ? ` · run ${runs} times: the undisturbed phase had lost requests` : ''}${without ? ` · without ${escape(without)}` : ''}</span></p>
    ${samples.length > 0 ? plotOf(samples, spans) : ''}${error ? `<pre>${escape(error)}</pre>` : ''}
    <details${failing.length > 0 ? ' open' : ''}><summary>${checks.length} checks</summary><table><tr><th>what</th><th>measured</th><th>promised</th><th>holds</th></tr>${checks.map(checkRow).join('')}</table></details></section>`;
}

/** The scorecard as a page that needs nothing else. */
export function pageOf(results: Result[], { startedAt, seconds, isShort }: Run): string {
  const holding = results.filter(({ holds }) => holds).length;
  const isWithout = results.some(({ without }) => without !== undefined);
  const overview = results.map((result) => {
    const { number, fault, promise, checks } = result;
    return `<tr><td class="number">${number}</td><td><a href="#row-${number}">${escape(fault)}</a></td><td>${escape(promise)}</td><td class="number">${checks.filter(({ holds }) => holds).length}/${checks.length}</td><td>${verdict(result)}</td></tr>`;
  });
  const setting = `${startedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC · ${Math.round(seconds)} s${isShort ? ' · short setting' : ''}`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Fault scorecard</title><style>${STYLE}</style></head><body>
    <h1>Fault scorecard</h1><p><strong>${holding} of ${results.length} rows hold</strong>${isWithout ? ', each without its defence: none may' : ''} <span class="soft">· ${setting}</span></p>
    <table><tr><th>#</th><th>fault under load</th><th>promise</th><th>checks</th><th></th></tr>${overview.join('')}</table>${KEY}
    ${results.map(sectionOf).join('\n')}</body></html>\n`;
}
