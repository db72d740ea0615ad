import 'reflect-metadata';
import { applyDecorators, SetMetadata } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';

/**
 * What a route costs and needs. It decides how long a request may take, what is refused first when the task is full, and what
 * a client can expect while a dependency fails (`degradation.ts`).
 */
export const ROUTE_CLASSES = {
  /** Asked by the platform: always answered. */
  health: { budgetMs: 1_000, tier: 'always' },
  /** The API's description: from memory. */
  docs: { budgetMs: 2_000, tier: 'cheap' },
  /** Reads from the cache or the tables. */
  read: { budgetMs: 2_500, tier: 'cheap' },
  /** Changes in the tables. */
  write: { budgetMs: 2_500, tier: 'middle' },
  /** Makes something new, or hashes a password for long. */
  create: { budgetMs: 2_500, tier: 'dear' },
  /** Cannot be done without S3. */
  upload: { budgetMs: 10_000, tier: 'dear' },
  /** Removes bytes in S3 as well, which the sweeper does when S3 cannot. */
  remove: { budgetMs: 5_000, tier: 'middle' },
  /** Reads or removes all that there is of one user. */
  bulk: { budgetMs: 10_000, tier: 'dear' },
} as const satisfies Record<string, { budgetMs: number; tier: 'always' | 'cheap' | 'middle' | 'dear' }>;

export type RouteClass = keyof typeof ROUTE_CLASSES;
export type Tier = (typeof ROUTE_CLASSES)[RouteClass]['tier'];

declare module 'fastify' {
  interface FastifyContextConfig {
    routeClass?: RouteClass;
  }
}

const DECLARED = 'resilience:route-class';

/** Says what a route costs and needs, where its method does not tell: GET is a `read`, POST a `create`, the rest a `write`. */
export const Costs = (routeClass: RouteClass): MethodDecorator => applyDecorators(SetMetadata(DECLARED, routeClass), RouteConfig({ routeClass }));

export const declaredClassOf = (handler: object): RouteClass | undefined => Reflect.getMetadata(DECLARED, handler) as RouteClass | undefined;

/** Gives every route its class, once, when it is registered. */
export function classifyRoutes(server: FastifyInstance): void {
  server.addHook('onRoute', (route) => {
    route.config = { ...route.config, routeClass: routeClassOf(String(route.method), route.url, route.config?.routeClass) };
  });
}

/** The class of a route by its method and address, unless it was declared. */
export function routeClassOf(method: string, url: string, declared?: RouteClass): RouteClass {
  if (declared) return declared;
  if (url.startsWith('/health/')) return 'health';
  if (url === '/openapi.json' || url === '/docs' || url.startsWith('/docs/')) return 'docs';
  if (method === 'POST') return 'create';
  return ['GET', 'HEAD', 'OPTIONS'].includes(method) || method.includes('GET') ? 'read' : 'write';
}
