import { ROUTE_CLASSES, type RouteClass } from '../resilience/route-class.js';
import { DEGRADATION, FAULTS, type Behaviour, type Dependency, type Fault } from './degradation.js';

const NAMES: Record<Dependency, string> = {
  dynamodb: 'DynamoDB',
  s3: 'S3',
  cache: 'Cache',
  jwks: "The user pool's keys (JWKS)",
  secretsManager: 'Secrets Manager',
  cognito: "Cognito's API",
};

const ANSWERS: Record<Behaviour['answers'], string> = { usual: 'as usual', unavailable: '503', either: 'as usual or 503' };

interface Route {
  name: string;
  routeClass: string;
}

/** The part of an OpenAPI description that tells of degradation. */
export interface Described {
  paths: Record<string, Record<string, { 'x-degradation'?: { routeClass: string } }>>;
}

/** docs/degradation.md: the matrix for people. */
export function degradationPage(description: Described): string {
  const routes = routesIn(description);
  return [
    '# What works while something fails',
    '',
    'Generated from `src/docs/degradation.ts` by `npm run openapi`; do not edit. Every 503 carries `Retry-After`. Times are',
    'until the whole answer, on a task that is not overloaded. Every cell is tested by `npm run faults`.',
    '',
    '## Kinds of routes',
    '',
    '| Kind | Answers within | Refused first under load | Routes |',
    '|---|---|---|---|',
    ...Object.entries(ROUTE_CLASSES).map(([name, { budgetMs, tier }]) => `| ${name} | ${seconds(budgetMs)} | ${tier} | ${routesOf(routes, name)} |`),
    '',
    '## Faults',
    '',
    '| Fault | Meaning |',
    '|---|---|',
    ...Object.entries(FAULTS).map(([fault, meaning]) => `| ${fault} | ${meaning} |`),
    ...Object.entries(DEGRADATION).flatMap(([dependency, faults]) => section(dependency as Dependency, faults as Partial<Record<Fault, Rows>>)),
    '',
  ].join('\n');
}

type Rows = Record<RouteClass, Behaviour>;

/** Faults with the same consequences share their lines; classes that notice nothing are one line. */
function section(dependency: Dependency, faults: Partial<Record<Fault, Rows>>): string[] {
  const byConsequence = new Map<string, { faults: string[]; rows: Rows }>();
  for (const [fault, rows] of Object.entries(faults)) {
    const key = JSON.stringify(rows);
    const known = byConsequence.get(key);
    if (known) known.faults.push(fault);
    else byConsequence.set(key, { faults: [fault], rows });
  }
  const lines = [...byConsequence.values()].flatMap(({ faults: names, rows }) => linesOf(names.join(', '), rows));
  return ['', `## ${NAMES[dependency]}`, '', '| Fault | Kinds | Answer | Within | Still works |', '|---|---|---|---|---|', ...lines];
}

function linesOf(faults: string, rows: Rows): string[] {
  const byBehaviour = new Map<string, { kinds: string[]; behaviour: Behaviour }>();
  for (const [kind, behaviour] of Object.entries(rows)) {
    const key = JSON.stringify(behaviour);
    const known = byBehaviour.get(key);
    if (known) known.kinds.push(kind);
    else byBehaviour.set(key, { kinds: [kind], behaviour });
  }
  return [...byBehaviour.values()].map(
    ({ kinds, behaviour: { answers, withinMs, stillWorks } }) => `| ${faults} | ${kinds.join(', ')} | ${ANSWERS[answers]} | ${seconds(withinMs)} | ${stillWorks} |`,
  );
}

const seconds = (ms: number): string => `${ms / 1_000} s`;

const routesIn = ({ paths }: Described): Route[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `\`${method.toUpperCase()} ${path}\``,
      routeClass: operation['x-degradation']?.routeClass ?? '',
    })),
  );

const routesOf = (routes: Route[], routeClass: string): string =>
  routes
    .filter((route) => route.routeClass === routeClass)
    .map(({ name }) => name)
    .sort()
    .join(', ');
