/** OpenAPI 3.1 as far as the generators here look into it. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  oneOf?: Schema[];
  anyOf?: Schema[];
  [keyword: string]: unknown;
}
export interface Parameter {
  $ref?: string;
  name: string;
  in: string;
  required?: boolean;
  schema?: Schema;
  example?: string | number | boolean;
}
export interface Media {
  schema?: Schema;
  example?: unknown;
}
export interface Operation {
  operationId: string;
  summary?: string;
  tags?: string[];
  security?: object[];
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, Media> };
  responses: Record<string, { $ref?: string; content?: Record<string, Media> }>;
}
export interface Description {
  info: { version: string };
  paths: Record<string, Record<string, Operation>>;
  components?: Record<string, Record<string, unknown>>;
}

/** What a `#/components/…` reference names, or the thing itself. */
export function resolved<T extends { $ref?: string }>(thing: T, { components = {} }: Description): T {
  if (thing.$ref === undefined) return thing;
  const [, , kind = '', name = ''] = thing.$ref.split('/');
  return (components[kind]?.[name] ?? {}) as T;
}

export interface Described {
  method: string;
  path: string;
  operation: Operation;
  parameters: Parameter[];
}

/** Every operation with its parameters resolved, in the order of the description. */
export const operationsOf = (description: Description): Described[] =>
  Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation,
      parameters: (operation.parameters ?? []).map((parameter) => resolved(parameter, description)),
    })),
  );
