import { NOBODY, type Holding } from './heap.js';

/** What a process holds at a moment. */
export interface Census {
  heap: Map<string, Holding>;
  /** Open handles and requests by kind, from `process.getActiveResourcesInfo()`. */
  resources: string[];
  /** Files on its disk: working directory and temporary folder. */
  files: string[];
}

export interface Growth {
  what: string;
  by: number;
  /** Declared where it lives, with a bound: it may grow up to that. */
  isDeclared: boolean;
  example: string;
}

/** Handles that vary with the load; one more per request does not stay unseen. */
const SPARE_RESOURCES = 12;
/**
 * Connections that are kept open: the pools to DynamoDB, S3, Secrets Manager and Cognito (src/aws/clients.ts bounds each), the
 * cache's one, and those of the clients. Within the bound their number follows the busiest moment so far.
 */
const CONNECTIONS = { kind: 'TCPSocketWrap', bound: 300, heapObjects: 120 };

/** What grew between two looks at a process that did the same amount of work before each. Nothing may but what is declared. */
export function growth(before: Census, after: Census, { work, declared }: { work: number; declared: ReadonlySet<string> }): Growth[] {
  const found: Growth[] = [];
  const amount = (list: string[], kind: string): number => list.filter((each) => each === kind).length;
  const grownBy = (kind: string): number => amount(after.resources, kind) - amount(before.resources, kind);
  const isPooled = amount(after.resources, CONNECTIONS.kind) <= CONNECTIONS.bound;
  const ofConnections = isPooled ? Math.max(0, grownBy(CONNECTIONS.kind)) * CONNECTIONS.heapObjects : 0;
  for (const [owner, { count, example }] of after.heap) {
    const by = count - (before.heap.get(owner)?.count ?? 0);
    // One object for each unit of work, in what our own code holds; the libraries' own pools move by some hundreds.
    const tolerated = owner === NOBODY ? 8 * work + ofConnections : work;
    if (by >= tolerated) found.push({ what: `heap objects of ${owner}`, by, isDeclared: declared.has(owner), example });
  }
  const kinds = new Set(after.resources);
  for (const kind of kinds) {
    const by = grownBy(kind);
    if (kind === CONNECTIONS.kind && isPooled) continue;
    if (by > SPARE_RESOURCES) found.push({ what: `open ${kind}`, by, isDeclared: false, example: '' });
  }
  for (const file of after.files) if (!before.files.includes(file)) found.push({ what: `the file ${file}`, by: 1, isDeclared: false, example: '' });
  return found;
}
