import type { Divergence } from './divergence.js';

export interface Summary {
  seed: number;
  programs: number;
  replicas: number;
  kills: number;
  seconds: number;
}

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character] ?? '');

const STYLE = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 60rem; margin: 3rem auto; padding: 0 1rem; }
  .verdict { font-size: 1.6rem; font-weight: 600; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.5rem; }
  dd { margin: 0; font-variant-numeric: tabular-nums; }
  ol { border-left: 3px solid #8888; padding-left: 2.5rem; }
  li { margin: .6rem 0; } li.at { font-weight: 600; }
  .kill { color: #c22; } code, pre { font-size: .85rem; white-space: pre-wrap; overflow-wrap: anywhere; }
  .sides { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; } .sides > * { min-width: 0; }
`;

function timeline({ steps, expected, actual, at }: Divergence): string {
  const items = steps.map(({ step, replica, disturbance }, i) => {
    const event = disturbance === 'none' ? '' : ` <span class="kill">${disturbance}</span>`;
    return `<li${i === at ? ' class="at"' : ''}>replica choice ${replica}${event}<br><code>${escape(JSON.stringify(step))}</code></li>`;
  });
  return `<h2>Counterexample</h2><ol start="0">${items.join('')}</ol>
    <div class="sides"><div><h3>One replica</h3><pre>${escape(expected ?? 'nothing')}</pre></div>
    <div><h3>The fleet</h3><pre>${escape(actual ?? 'nothing')}</pre></div></div>`;
}

/** The run as a page: the verdict, what was run, and the counterexample's timeline when there is one. */
export function reportOf(summary: Summary, divergence?: Divergence): string {
  const rows = Object.entries(summary).map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`);
  const verdict = divergence ? 'A client can tell the fleet from one replica' : 'No client could tell the fleet from one replica';
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Replica equivalence</title><style>${STYLE}</style>
    <h1>Replica equivalence</h1><p class="verdict">${verdict}</p><dl>${rows.join('')}</dl>${divergence ? timeline(divergence) : ''}</html>`;
}
