import type { INestApplication } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import { PUBLIC } from '../auth/public.js';
import { ROLES } from '../auth/roles.js';
import { ANSWERS } from '../common/answers.js';
import type { ErrorKind } from '../common/app-error.js';
import { readConditions } from '../common/preconditions.decorator.js';
import { declaredClassOf, type RouteClass } from '../resilience/route-class.js';

/** What the code says of a route beyond its path and schemas. */
export interface DescribedRoute {
  isPublic: boolean;
  groups: string[];
  /** It reads `If-Match` and `If-None-Match`. */
  isConditional: boolean;
  isBodyOptional: boolean;
  kinds: ErrorKind[];
  /** What it costs and needs, where its method does not tell. */
  routeClass?: RouteClass;
}

interface Argument {
  factory?: unknown;
  schema?: { safeParse?: (value: unknown) => { success: boolean } };
}

/** Nest's number of `@Body()` in a route's arguments. */
const BODY = '3:';

export const operationIdOf = (controller: string, method: string): string => `${controller.replace('Controller', '')}.${method}`;

/** Every handler of the application by its operation id, read from the decorators that make it work. */
export function describedRoutes(app: INestApplication): Map<string, DescribedRoute> {
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [...module.controllers.values()]);
  const types = controllers.map(({ metatype }) => metatype).filter((type) => typeof type === 'function');
  return new Map(types.flatMap((type) => methodsOf(type).map((method) => [operationIdOf(type.name, method), describe(type, method)] as const)));
}

const methodsOf = (type: Function): string[] => Object.getOwnPropertyNames(type.prototype).filter((name) => name !== 'constructor');

function describe(type: Function, method: string): DescribedRoute {
  const handler = (type.prototype as Record<string, object>)[method] as object;
  const given = <T>(key: string): T | undefined => (Reflect.getMetadata(key, handler) ?? Reflect.getMetadata(key, type)) as T | undefined;
  const routeArguments = Object.entries((Reflect.getMetadata(ROUTE_ARGS_METADATA, type, method) ?? {}) as Record<string, Argument>);
  const body = routeArguments.find(([key]) => key.startsWith(BODY))?.[1];
  return {
    isPublic: given<boolean>(PUBLIC) ?? false,
    groups: given<string[]>(ROLES) ?? [],
    isConditional: routeArguments.some(([, { factory }]) => factory === readConditions),
    isBodyOptional: body?.schema?.safeParse?.(undefined).success ?? false,
    kinds: given<ErrorKind[]>(ANSWERS) ?? [],
    routeClass: declaredClassOf(handler),
  };
}
