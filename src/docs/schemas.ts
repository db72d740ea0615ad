/** JSON Schema as far as it is looked into here. */
export interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  pattern?: string;
  enum?: unknown[];
  default?: unknown;
  example?: unknown;
  examples?: unknown[];
  minimum?: number;
  maximum?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: unknown;
  items?: Schema;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
  [keyword: string]: unknown;
}
export type Schemas = Record<string, Schema>;

const inside = (schema: Schema): Schema[] => [
  ...Object.values(schema.properties ?? {}),
  ...(schema.items ? [schema.items] : []),
  ...(schema.oneOf ?? []),
  ...(schema.anyOf ?? []),
  ...(schema.allOf ?? []),
  ...(typeof schema.additionalProperties === 'object' && schema.additionalProperties ? [schema.additionalProperties as Schema] : []),
];

export const nameOf = ($ref: string): string => $ref.slice($ref.lastIndexOf('/') + 1);

/** Visits a schema and all that it is made of, named schemas once each. */
export function visit(schema: Schema, schemas: Schemas, each: (schema: Schema) => void, seen = new Set<string>()): void {
  each(schema);
  if (schema.$ref && !seen.has(schema.$ref)) {
    seen.add(schema.$ref);
    const named = schemas[nameOf(schema.$ref)];
    if (named) visit(named, schemas, each, seen);
  }
  for (const part of inside(schema)) visit(part, schemas, each, seen);
}

/** Says a thing once: a format needs no pattern beside it, and the bounds of a double are no bounds. */
export function tidy(schema: Schema): void {
  if (schema.format) delete schema.pattern;
  if (schema.type === 'integer') {
    delete schema.pattern;
    if (typeof schema.default === 'string') schema.default = Number(schema.default);
    if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
    if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  }
  if (schema.example !== undefined) {
    schema.examples = [schema.example];
    delete schema.example;
  }
}

/** Answers may gain members; a client must not refuse them. */
export function open(schema: Schema): void {
  if (schema.additionalProperties === false) delete schema.additionalProperties;
}

const OF_NAME: Record<string, string> = { name: 'report.pdf', contentType: 'application/pdf', tags: 'invoice', etag: '"9b2cf535f27731c974343645a3985328"', displayName: 'Ada Lovelace' };

const OF_FORMAT: Record<string, string> = {
  uuid: '0192f0a6-8b3c-7d21-9c55-1b2f6d1f0a11',
  'date-time': '2026-11-25T12:00:00.000Z',
  uri: 'https://files.example.com/a?signature=b',
  email: 'ada@example.com',
};

/** An example of what a schema describes, from the examples, formats and bounds in it. */
export function exampleOf(schema: Schema, schemas: Schemas, name = ''): unknown {
  if (schema.$ref) return exampleOf(schemas[nameOf(schema.$ref)] ?? {}, schemas, name);
  if (schema.examples) return schema.examples[0];
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  const choice = (schema.oneOf ?? schema.anyOf)?.[0];
  if (choice) return exampleOf(choice, schemas, name);
  if (schema.type === 'array') return schema.items ? [exampleOf(schema.items, schemas, name)] : [];
  if (schema.type === 'object') return objectExample(schema, schemas);
  if (schema.type === 'integer' || schema.type === 'number') return Math.max(schema.minimum ?? 0, Math.min(1, schema.maximum ?? 1));
  if (schema.type === 'boolean') return false;
  return OF_FORMAT[schema.format ?? ''] ?? OF_NAME[name] ?? (name || 'text');
}

function objectExample({ properties = {}, required = [] }: Schema, schemas: Schemas): Record<string, unknown> {
  const shown = Object.entries(properties).filter(([name, { examples, default: usual }]) => required.includes(name) || examples || usual !== undefined);
  return Object.fromEntries(shown.map(([name, schema]) => [name, exampleOf(schema, schemas, name)]));
}
