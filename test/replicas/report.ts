import type { Counterexample } from './prover.js';
import { escape, timeline } from './timeline.js';

export type Summary = Record<string, string | number> & { seed: number; programs: number; replicas: number; kills: number };

const STYLE = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; --bad: #c22; --good: #287; --line: #8886; }
  @media (prefers-color-scheme: dark) { :root { --bad: #f76; --good: #5cb; } }
  body { max-width: 72rem; margin: 3rem auto; padding: 0 1rem; }
  .verdict { font-size: 1.5rem; font-weight: 600; color: var(--good); } .verdict.bad { color: var(--bad); }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.5rem; } dd { margin: 0; font-variant-numeric: tabular-nums; }
  code, pre { font: .8rem/1.45 ui-monospace, monospace; } pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; }
  .wide { overflow-x: auto; } svg { font: 12.5px ui-monospace, monospace; fill: currentColor; }
  svg line { stroke: var(--line); } svg .call { stroke: currentColor; } svg .kill { fill: var(--bad); font-weight: 700; }
  svg .at rect { fill: var(--bad); opacity: .12; } svg .at text { font-weight: 700; }
  .sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1rem; }
  .sides > * { min-width: 0; border: 1px solid var(--line); border-radius: .5rem; padding: 0 1rem 1rem; }
  mark { background: none; color: var(--bad); font-weight: 700; }
`;

/** A text with the lines marked that the other one does not have. */
function marked(text: string | undefined, other: string | undefined): string {
  if (text === undefined) return '<em>nothing</em>';
  const others = new Set((other ?? '').split('\n'));
  return text.split('\n').map((line) => (others.has(line) ? escape(line) : `<mark>${escape(line)}</mark>`)).join('\n');
}

function counterexamplePage({ divergence, program, shrinks, isFleeting }: Counterexample, seed: number): string {
  const { steps, expected, actual, at } = divergence;
  const where = at === undefined ? 'All answers are alike; what was left stored differs.' : `The answers differ at ${at}.`;
  const fleeting = isFleeting ? ' It was not seen again when the program ran alone.' : '';
  const script = steps.map(({ step, disturbance }, index) => `${index}. ${disturbance === 'none' ? '' : `[${disturbance}] `}${JSON.stringify(step)}`);
  return `<h2>Counterexample</h2>
    <p>Program ${program}, shrunk in ${shrinks} steps.${fleeting} ${where}</p>
    <h3>What the fleet did</h3><div class="wide">${timeline(divergence)}</div>
    <h3>The difference</h3>
    <div class="sides"><div><h4>One replica</h4><pre>${marked(expected, actual)}</pre></div>
    <div><h4>The fleet</h4><pre>${marked(actual, expected)}</pre></div></div>
    <h3>The program</h3><pre>${escape(script.join('\n'))}</pre>
    <p>Again: <code>${again(seed, program)}</code></p>`;
}

const again = (seed: number, program: number): string => `npm run prove -- --seed ${seed} --first ${program} --programs ${program + 1}`;

/** The run as a page: the verdict, what was run, and the counterexample's timeline when there is one. */
export function reportOf(summary: Summary, counterexample?: Counterexample): string {
  const rows = Object.entries(summary).map(([name, value]) => `<dt>${escape(name)}</dt><dd>${escape(String(value))}</dd>`);
  const verdict = counterexample ? 'A client can tell the fleet from one replica' : 'No client could tell the fleet from one replica';
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Replica equivalence</title><style>${STYLE}</style>
    <h1>Replica equivalence</h1><p class="verdict${counterexample ? ' bad' : ''}">${verdict}</p><dl>${rows.join('')}</dl>${counterexample ? counterexamplePage(counterexample, summary.seed) : ''}</html>\n`;
}

/** The counterexample for the terminal: a short script that can be run again. */
export function explain({ program, divergence, isFleeting }: Counterexample, seed: number): string {
  const { steps, at, expected, actual } = divergence;
  return [
    'The fleet answered differently:',
    ...steps.map(({ step, replica, disturbance }, i) => `  ${i}. [replica choice ${replica}] ${disturbance === 'none' ? '' : `${disturbance} `}${JSON.stringify(step)}`),
    at === undefined ? 'in what was left stored' : `at answer ${at}, by ${divergence.fleet.witnesses[at]?.by ?? 'nobody'}`,
    `  one replica: ${expected ?? 'nothing'}`,
    `  the fleet:   ${actual ?? 'nothing'}`,
    ...(isFleeting ? ['It was not seen again when the program ran alone: run it with others beside it.'] : []),
    `again: ${again(seed, program)}`,
  ].join('\n');
}
