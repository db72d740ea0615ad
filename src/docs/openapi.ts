import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { routeClassOf } from '../resilience/route-class.js';
import { describeDegradation } from './degradation.js';
import { describedRoutes, operationIdOf } from './described-routes.js';
import { requestHeaders, responseHeaders } from './header-components.js';
import { complete, type Operation, type Problems } from './operations.js';
import { problemSchema } from './problem-kinds.js';
import { exampleOf, nameOf, open, tidy, visit, type Schema, type Schemas } from './schemas.js';

const TAGS = {
  Profiles: 'Who the users are.',
  Documents: 'Files as their owners order them.',
  Uploads: 'From a promise to bytes that are verified; clients send the bytes to S3 themselves.',
  Versions: 'New content for a document, and its history.',
  Shares: 'Links for people without an account.',
  Session: 'The data of a sign-in, and the end of sign-ins.',
  Account: 'All that is held on a user, and its erasure.',
  Health: 'For the platform.',
};

/** The API described (OpenAPI 3.1), from the schemas that validate it and the decorators that make it work. */
export function describeApi(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Stateless backend')
    .setDescription(
      'Profiles, documents and sessions for single-page apps. Errors are problem documents (RFC 9457) whose `type` ends in the ' +
        'kind. Every answer may gain members. What the HTTP parser refuses (a header section over 16 KiB: 431 `headers-too-large`) ' +
        'and a method that an address does not have (405 `method-not-allowed`) are answered alike on every path.',
    )
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/', 'The service that this description comes from')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'A Cognito access token' });
  const document = SwaggerModule.createDocument(app, builder.build(), { operationIdFactory: operationIdOf });
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, Problem: problemSchema as never },
    headers: { ...responseHeaders } as never,
    parameters: requestHeaders as never,
  };
  completeAll(document, app);
  dropUnusedHeaders(document);
  return document;
}

function dropUnusedHeaders({ paths, components = {} }: OpenAPIObject): void {
  const text = JSON.stringify([paths, components.responses]);
  for (const name of Object.keys(components.headers ?? {})) if (!text.includes(`"#/components/headers/${name}"`)) delete components.headers?.[name];
}

function completeAll(document: OpenAPIObject, app: INestApplication): void {
  const routes = describedRoutes(app);
  const schemas = document.components?.schemas as unknown as Schemas;
  const tags = new Set<string>();
  const problems: Problems = {};
  const used = { requests: new Set<string>(), responses: new Set<string>() };
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, described] of Object.entries(methods)) {
      const operation = described as Operation;
      const route = routes.get(operation.operationId);
      if (!route) throw new Error(`${operation.operationId} is described, but no controller has it.`);
      complete(operation, method, path, route, problems);
      operation['x-degradation'] = describeDegradation(routeClassOf(method.toUpperCase(), path, route.routeClass));
      for (const tag of operation['tags'] as string[]) tags.add(tag);
      collect(operation, schemas, used);
    }
  }
  document.components = { ...document.components, responses: problems as never };
  for (const name of used.responses) if (!used.requests.has(name)) visit(schemas[name] ?? {}, {}, open);
  for (const schema of Object.values(schemas)) visit(schema, {}, tidy);
  for (const methods of Object.values(document.paths)) for (const operation of Object.values(methods)) illustrate(operation as Operation, schemas);
  document.tags = [...tags].map((name) => ({ name, ...(name in TAGS && { description: TAGS[name as keyof typeof TAGS] }) }));
}

/** Notes which named schemas clients send and which they receive. */
function collect({ requestBody, responses }: Operation, schemas: Schemas, used: { requests: Set<string>; responses: Set<string> }): void {
  const note = (into: Set<string>) => (schema: Schema) => void (schema.$ref && into.add(nameOf(schema.$ref)));
  for (const { schema } of Object.values(requestBody?.content ?? {})) visit(schema ?? {}, schemas, note(used.requests));
  for (const { content = {} } of Object.values(responses)) {
    for (const { schema } of Object.values(content)) {
      visit(schema ?? {}, schemas, note(used.responses));
      visit(schema ?? {}, {}, open);
    }
  }
}

/** Parameters are made tidy, and bodies get an example where they have none. */
function illustrate({ parameters = [], requestBody, responses }: Operation, schemas: Schemas): void {
  for (const { schema } of parameters as { schema?: Schema }[]) if (schema) visit(schema, {}, tidy);
  const bodies = [requestBody, ...Object.values(responses)].flatMap((body) => Object.values(body?.content ?? {}));
  for (const media of bodies) {
    if (!media.schema || media['examples'] || media['example'] !== undefined) continue;
    visit(media.schema as Schema, {}, tidy);
    media['example'] = exampleOf(media.schema as Schema, schemas);
  }
}
