import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from './app-error.js';

interface Route {
  pattern: RegExp;
  methods: Set<string>;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const patternOf = (url: string): RegExp =>
  new RegExp(`^${url.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : escaped(part))).join('/')}/?$`);

/** Tells a path that does not exist (404) from a method that it does not have (405 with `Allow`, RFC 9110 §15.5.6). */
export class RouteTable {
  private readonly routes = new Map<string, Route>();

  watch(server: FastifyInstance): void {
    server.addHook('onRoute', ({ url, method }) => {
      if (url.includes('*')) return;
      const route = this.routes.get(url) ?? { pattern: patternOf(url), methods: new Set() };
      for (const each of [method].flat()) route.methods.add(each);
      this.routes.set(url, route);
    });
  }

  failureFor({ url, method }: Pick<FastifyRequest, 'url' | 'method'>): AppError {
    const path = url.split('?', 1)[0] ?? '/';
    const methods = new Set([...this.routes.values()].filter(({ pattern }) => pattern.test(path)).flatMap((route) => [...route.methods]));
    if (methods.size === 0 || methods.has(method)) return new AppError('not-found', 'There is nothing at this address.');
    const allow = [...methods].sort().join(', ');
    return new AppError('method-not-allowed', `This address answers to ${allow}.`, { headers: { Allow: allow } });
  }
}
