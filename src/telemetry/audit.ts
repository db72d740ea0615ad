import type { FastifyReply, FastifyRequest } from 'fastify';

export interface AuditLine {
  audit: true;
  /** Method and route pattern. */
  action: string;
  /** `unknown`: the client was told of a failure on our side or left, and what it asked for may have been done. */
  outcome: 'done' | 'unknown';
  status: number;
  userId?: string;
  /** Ids only, never content. */
  resource?: Record<string, string>;
  requestId: string;
}

/** Methods that change nothing (RFC 9110 §9.2.1). */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Parameters that are ids. Others, such as a share's token, are secrets. */
const IDS = ['id', 'userId', 'shareId', 'sessionId', 'versionId'];

/**
 * Who changed what: for every request that may change something, so that no route can be forgotten. Undefined for reads and for
 * requests that were refused, which changed nothing.
 */
export function auditLine(request: FastifyRequest & { user?: { userId: string } }, reply: FastifyReply, status: number): AuditLine | undefined {
  const route = request.routeOptions.url;
  if (SAFE.has(request.method) || route === undefined) return undefined;
  const isDone = status >= 200 && status < 300;
  if (!isDone && status !== 499 && status < 500) return undefined;
  return {
    audit: true,
    action: `${request.method} ${route}`,
    outcome: isDone ? 'done' : 'unknown',
    status,
    userId: request.user?.userId,
    resource: resourceOf(request.params, reply.getHeader('location')),
    requestId: request.id,
  };
}

function resourceOf(params: unknown, location: unknown): Record<string, string> | undefined {
  const given = Object.entries((params ?? {}) as Record<string, string>).filter(([name]) => IDS.includes(name));
  const created = typeof location === 'string' ? [['created', location] as const] : [];
  const resource = Object.fromEntries([...given, ...created]);
  return Object.keys(resource).length > 0 ? resource : undefined;
}
