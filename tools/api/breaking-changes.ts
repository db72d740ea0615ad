import { operationsOf, resolved, type Described, type Description, type Media, type Parameter } from './description.js';
import { SchemaComparison } from './schema-comparison.js';

/** What clients written for `before` may fail on when they meet `after`, one sentence each. */
export function breakingChanges(before: Description, after: Description): string[] {
  const now = new Map(operationsOf(after).map((described) => [keyOf(described), described]));
  return operationsOf(before).flatMap((old) => {
    const key = keyOf(old);
    const current = now.get(key);
    if (!current) return [`${key} is gone`];
    return [...inputChanges(old, current, before, after), ...outputChanges(old, current, before, after)].map((change) => `${key}: ${change}`);
  });
}

const keyOf = ({ method, path }: Described): string => `${method} ${path}`;

function inputChanges(old: Described, current: Described, before: Description, after: Description): string[] {
  const requests = new SchemaComparison('request', before, after);
  const sameAs = (parameter: Parameter) => (other: Parameter) => other.name === parameter.name && other.in === parameter.in;
  const added = current.parameters
    .filter((parameter) => parameter.required && !old.parameters.find(sameAs(parameter))?.required)
    .map(({ name, in: where }) => `${where} parameter ${name} is required`);
  const kept = old.parameters.flatMap((parameter) => {
    const other = current.parameters.find(sameAs(parameter));
    if (!other) return [`${parameter.in} parameter ${parameter.name} is gone`];
    return requests.compare(parameter.schema, other.schema, `${parameter.in} parameter ${parameter.name}`);
  });
  const isRequired = current.operation.requestBody?.required && !old.operation.requestBody?.required;
  const oldBodies = old.operation.requestBody?.content ?? {};
  const bodies = current.operation.requestBody?.content ?? {};
  return [...added, ...kept, ...(isRequired ? ['a request body is required'] : []), ...contentChanges(requests, oldBodies, bodies, 'request')];
}

function outputChanges(old: Described, current: Described, before: Description, after: Description): string[] {
  const responses = new SchemaComparison('response', before, after);
  return Object.entries(old.operation.responses).flatMap(([status, response]) => {
    if (!status.startsWith('2')) return [];
    const other = current.operation.responses[status];
    if (!other) return [`status ${status} is gone`];
    return contentChanges(responses, resolved(response, before).content ?? {}, resolved(other, after).content ?? {}, `response ${status}`);
  });
}

const contentChanges = (comparison: SchemaComparison, old: Record<string, Media>, current: Record<string, Media>, where: string): string[] =>
  Object.entries(old).flatMap(([type, media]) => {
    const other = current[type];
    return other ? comparison.compare(media.schema, other.schema, where) : [`${where} as ${type} is gone`];
  });
