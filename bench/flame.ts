import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What `node --cpu-prof` writes: a tree by ids, and which node was on top at each sample. Times in microseconds. */
interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number }; children?: number[] }[];
  samples: number[];
  timeDeltas: number[];
}

interface Frame {
  name: string;
  where: string;
  us: number;
  children: Map<string, Frame>;
}

/** V8's own frames that stand for no work of the program. */
const IDLE = new Set(['(idle)', '(program)']);
const WIDTH = 1_200;
const ROW = 17;
/** Narrower frames would be hairlines. */
const NARROWEST = 1;
const COLOURS = { service: '#0b6e4f', library: '#4c78a8', node: '#b8860b', engine: '#c44e52' };

/** A folder that a server may write its profile to. */
export class ProfileFolder {
  private readonly path = mkdtempSync(join(tmpdir(), 'cpu-profile-'));
  readonly flags = ['--cpu-prof', `--cpu-prof-dir=${this.path}`, '--cpu-prof-interval=200'];

  /** To be called when the server has left in order; removes the folder. */
  read(): CpuProfile {
    const [file] = readdirSync(this.path);
    if (file === undefined) throw new Error('The server left no profile: did it end in order?');
    const profile = JSON.parse(readFileSync(join(this.path, file), 'utf8')) as CpuProfile;
    rmSync(this.path, { recursive: true });
    return profile;
  }
}

/** One SVG without scripts: the root on top, each frame as wide as the CPU time of it and of what it called. */
export function flameGraph(profile: CpuProfile, title: string): string {
  const root = treeOf(profile);
  const drawn: string[] = [];
  const depth = draw(root, 0, 0, WIDTH / root.us, root.us, drawn);
  const height = (depth + 2) * ROW + 8;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="11">
<rect width="100%" height="100%" fill="#fff"/>
<text x="4" y="13" font-size="13">${escaped(title)}</text>
<g transform="translate(0 ${ROW})">
${drawn.join('\n')}
</g></svg>
`;
}

function treeOf({ nodes, samples, timeDeltas }: CpuProfile): Frame {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const root: Frame = { name: 'all', where: '', us: 0, children: new Map() };
  for (const [nth, sample] of samples.entries()) {
    const stack: CpuProfile['nodes'] = [];
    for (let node = byId.get(sample); node && parents.has(node.id); node = byId.get(parents.get(node.id) ?? 0)) stack.unshift(node);
    if (IDLE.has(stack[0]?.callFrame.functionName ?? '')) continue;
    const us = timeDeltas[nth + 1] ?? 0;
    root.us += us;
    let at = root;
    for (const { callFrame } of stack) {
      const name = callFrame.functionName || '(anonymous)';
      const where = callFrame.url ? `${callFrame.url.replace(/^.*\/(?=[^/]+\/[^/]+$)/, '')}:${callFrame.lineNumber + 1}` : '';
      const key = `${name} ${where}`;
      const next = at.children.get(key) ?? { name, where, us: 0, children: new Map() };
      at.children.set(key, next);
      next.us += us;
      at = next;
    }
  }
  return root;
}

/** Returns how deep it went. */
function draw({ name, where, us, children }: Frame, x: number, level: number, scale: number, all: number, drawn: string[]): number {
  const width = us * scale;
  if (width < NARROWEST) return level;
  const label = name.slice(0, Math.max(0, Math.floor(width / 6.2)));
  const share = `${((100 * us) / all).toFixed(1)} %`;
  drawn.push(
    `<g transform="translate(${x.toFixed(1)} ${level * ROW})"><title>${escaped(`${name} ${where} · ${share}`)}</title>` +
      `<rect width="${(width - 0.5).toFixed(1)}" height="${ROW - 1}" rx="1" fill="${colourOf(where)}" fill-opacity="${level % 2 ? 0.45 : 0.6}"/>` +
      `${label.length > 2 ? `<text x="3" y="12">${escaped(label)}</text>` : ''}</g>`,
  );
  let deepest = level;
  let left = x;
  for (const child of [...children.values()].sort((a, b) => b.us - a.us)) {
    deepest = Math.max(deepest, draw(child, left, level + 1, scale, all, drawn));
    left += child.us * scale;
  }
  return deepest;
}

/** The bundle names its own chunks; everything of `node:` is the platform's. */
function colourOf(where: string): string {
  if (where === '') return COLOURS.engine;
  if (where.includes('node:')) return COLOURS.node;
  return where.includes('node_modules') ? COLOURS.library : COLOURS.service;
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
