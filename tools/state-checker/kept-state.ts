import ts from 'typescript';
import { escapes } from './escape.js';
import { placeOf, type Finding } from './findings.js';
import { classAround, functionAround, isStatic, nameOf, type Body } from './functions.js';
import type { Lifetime } from './lifetime.js';
import { locationsOf } from './locations.js';
import { mutationsIn, type Mutation } from './mutations.js';
import { mutationsByCall } from './parameters.js';
import type { Project } from './project.js';

/** Variables, fields and captured locals that outlive a request and are changed after the start. */
export function keptState(project: Project, lifetime: Lifetime): Finding[] {
  const mutations = project.sources.flatMap((source) => mutationsIn(source, project.checker));
  mutations.push(...mutationsByCall(project, mutations));
  const changes = new Map<ts.Declaration, Mutation[]>();
  for (const mutation of mutations) {
    // The innermost place is the one to name: in `this.quota.used++` the field `used` of the quota, not `quota`.
    const place = placesOf(project, mutation).find((one) => outlivesRequests(project, lifetime, one, mutation));
    if (place) changes.set(place, [...(changes.get(place) ?? []), mutation]);
  }
  return [...changes].map(([place, at]) => report(project, place, at));
}

/** A reassigned name is the place itself and not what it stood for before. */
function placesOf({ checker }: Project, { target, reassigns }: Mutation): ts.Declaration[] {
  const places = [...new Set(locationsOf(checker, target))];
  const own = places[0];
  return reassigns && ts.isIdentifier(target) && own ? [own] : places;
}

function outlivesRequests(project: Project, lifetime: Lifetime, place: ts.Declaration, mutation: Mutation): boolean {
  const around = functionAround(mutation.node);
  if (!project.sources.includes(place.getSourceFile())) return false;
  if (!around || (lifetime.runsOnlyAtStart(around) && !isPreload(project, around, place))) return false;
  if (mutation.verb === 'keeps lastIndex' && !isStickyRegExp(place)) return false;
  if (isField(place)) {
    if (isStatic(place)) return true;
    const owner = classAround(place);
    return owner !== undefined && lifetime.classes.has(owner) && !(ts.isConstructorDeclaration(around) && around.parent === owner);
  }
  const home = functionAround(place);
  if (!home) return isNamedThing(place) && !isInRequestClass(lifetime, place);
  return home !== around && lifetime.runsAtStart(home) && escapes(project, mutation.node, home);
}

/** `onModuleInit` that fetches a list and keeps it: the others' changes to it are never seen. A client or a pool is not a list. */
function isPreload({ checker }: Project, around: Body, place: ts.Declaration): boolean {
  if (!isField(place) || !ts.isMethodDeclaration(around) || !/^(onModuleInit|onApplicationBootstrap)$/.test(around.name.getText())) return false;
  const type = checker.getNonNullableType(checker.getTypeAtLocation(place));
  return /^(Map|Set|Array|ReadonlyArray|ReadonlyMap|ReadonlySet)$/.test(type.getSymbol()?.name ?? '') && /\bawait\b/.test(around.getText());
}

/** A field, or a constructor parameter that makes one. */
const isField = (node: ts.Declaration): boolean =>
  ts.isPropertyDeclaration(node) || (ts.isParameter(node) && ts.isParameterPropertyDeclaration(node, node.parent));

const isNamedThing = (node: ts.Declaration): boolean =>
  ts.isVariableDeclaration(node) || ts.isBindingElement(node) || ts.isPropertyAssignment(node) ||
  ts.isShorthandPropertyAssignment(node) || ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node);

/** A literal in the initial value of a field belongs to the instance. */
function isInRequestClass(lifetime: Lifetime, place: ts.Declaration): boolean {
  const owner = classAround(place);
  return owner !== undefined && !lifetime.isLongLived(place);
}

const isStickyRegExp = (place: ts.Declaration): boolean =>
  /^\/.*\/[a-z]*[gy][a-z]*$|RegExp\(.*['"`][a-z]*[gy][a-z]*['"`]\)$/.test((place as { initializer?: ts.Node }).initializer?.getText() ?? '');

function report(project: Project, place: ts.Declaration, mutations: Mutation[]): Finding {
  const sites = mutations.map(({ node, verb }) => {
    const { file, line } = placeOf(project, node);
    const same = node.getSourceFile() === place.getSourceFile();
    return `${verb} in ${nameOf(functionAround(node)!)} (${same ? 'line ' : `${file}:`}${line})`;
  });
  const shown = [...new Set(sites)];
  const more = shown.length > 3 ? ` and ${shown.length - 3} more places` : '';
  return { node: place, what: what(place), why: `${shown.slice(0, 3).join(', ')}${more}; ${lives(place)}`, advice: ADVICE };
}

const ADVICE = 'keep it in a store that all tasks share, make it local, or declare it with @SoftState';

function what(place: ts.Declaration): string {
  if (isField(place)) return `${isStatic(place) ? 'static field' : 'field'} ${nameOf(place)}`;
  const home: Body | undefined = functionAround(place);
  const name = (place as ts.NamedDeclaration).name?.getText() ?? 'a function';
  return home ? `${name}, captured from ${nameOf(home)}` : `module-level ${name}`;
}

function lives(place: ts.Declaration): string {
  if (isField(place) && !isStatic(place)) return 'one instance serves every request of this process';
  return 'it lives as long as this process and no other task sees it';
}
