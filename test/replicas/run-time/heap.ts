/** The parts of a V8 heap snapshot that are read here. */
interface Snapshot {
  snapshot: { meta: { node_fields: string[]; node_types: [string[]]; edge_fields: string[]; edge_types: [string[]] }; node_count: number };
  nodes: number[];
  edges: number[];
  strings: string[];
}

export interface Holding {
  /** Heap objects. */
  count: number;
  /** The way to one of the newest, by the names of what leads there. */
  example: string;
}

/** Kinds of nodes that code of ours or of a library makes; V8 keeps others for itself and adds to them as it optimises. */
const KINDS = new Set(['object', 'array', 'string', 'concatenated string', 'sliced string', 'closure', 'regexp', 'bigint']);

/** The owner of what no instance of the application's classes leads to: variables of modules, libraries, Node itself. */
export const NOBODY = 'modules and libraries';

/**
 * What each owner holds. The owner of an object is the last of `classes` on a shortest way to it from the roots: a cache's
 * entries belong to the cache, however deep they are.
 */
export function holdings(text: string, classes: ReadonlySet<string>): Map<string, Holding> {
  const { snapshot, nodes, edges, strings } = JSON.parse(text) as Snapshot;
  const { meta, node_count: count } = snapshot;
  const width = meta.node_fields.length;
  const [type, name, id, edgeCount] = ['type', 'name', 'id', 'edge_count'].map((field) => meta.node_fields.indexOf(field)) as [number, number, number, number];
  const kindOf = (node: number): string => meta.node_types[0][nodes[node * width + type] as number] ?? '';
  const labelOf = (node: number): string => strings[nodes[node * width + name] as number] ?? '';
  const parents = spanningTree({ nodes, edges, width, edgeCount, count, meta, isCode: (node) => kindOf(node) === 'code' });
  const owners = new Map<number, string>([[0, NOBODY]]);
  const found = new Map<string, Holding & { id: number; node: number }>();
  for (const node of parents.order) {
    const label = labelOf(node);
    const owner = kindOf(node) === 'object' && classes.has(label) ? label : (owners.get(parents.of[node] as number) ?? NOBODY);
    owners.set(node, owner);
    if (!KINDS.has(kindOf(node))) continue;
    const holding = found.get(owner) ?? { count: 0, example: '', id: -1, node };
    holding.count += 1;
    const age = nodes[node * width + id] as number;
    if (age > holding.id) Object.assign(holding, { id: age, node });
    found.set(owner, holding);
  }
  return new Map([...found].map(([owner, { count: size, node }]) => [owner, { count: size, example: wayTo(node, parents.of, labelOf) }]));
}

interface Graph {
  nodes: number[];
  edges: number[];
  width: number;
  edgeCount: number;
  count: number;
  meta: Snapshot['snapshot']['meta'];
  isCode(node: number): boolean;
}

/** Breadth first from the root, along everything but weak references and compiled code: for each node what led to it first. */
function spanningTree({ nodes, edges, width, edgeCount, count, meta, isCode }: Graph): { order: Uint32Array; of: Int32Array } {
  const starts = new Uint32Array(count + 1);
  for (let node = 0; node < count; node += 1) starts[node + 1] = (starts[node] as number) + (nodes[node * width + edgeCount] as number);
  const edgeWidth = meta.edge_fields.length;
  const to = meta.edge_fields.indexOf('to_node');
  const weak = meta.edge_types[0].indexOf('weak');
  const of = new Int32Array(count).fill(-1);
  const queue = new Uint32Array(count);
  of[0] = 0;
  let tail = 1;
  for (let head = 0; head < tail; head += 1) {
    const node = queue[head] as number;
    if (isCode(node)) continue;
    for (let edge = (starts[node] as number) * edgeWidth; edge < (starts[node + 1] as number) * edgeWidth; edge += edgeWidth) {
      const target = (edges[edge + to] as number) / width;
      if (edges[edge] === weak || of[target] !== -1) continue;
      of[target] = node;
      queue[tail] = target;
      tail += 1;
    }
  }
  return { order: queue.subarray(0, tail), of };
}

function wayTo(node: number, parents: Int32Array, labelOf: (node: number) => string): string {
  const way: string[] = [];
  for (let at = node; at !== 0 && way.length < 12; at = parents[at] as number) way.unshift(labelOf(at).slice(0, 40) || '?');
  return way.join(' → ');
}
