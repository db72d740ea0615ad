import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { AppError, HTTP_STATUS, toUnavailable, type ErrorKind } from './app-error.js';

/** Problem details (RFC 9457); `type` ends in the error kind. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  errors?: { pointer: string; detail: string }[];
  [extension: string]: unknown;
}

export const PROBLEM_JSON = 'application/problem+json; charset=utf-8';

export function problemOf(error: AppError, instance: string): Problem {
  return {
    type: `/problems/${error.kind}`,
    title: STATUS_CODES[error.status] ?? 'Error',
    status: error.status,
    detail: error.detail,
    instance,
    ...(error.errors && { errors: error.errors }),
    ...error.extra,
  };
}

const BY_STATUS: Partial<Record<number, [ErrorKind, string]>> = {
  400: ['validation', 'The request is not valid.'],
  401: ['unauthenticated', 'Send a valid access token.'],
  403: ['forbidden', 'You may not do this.'],
  404: ['not-found', 'There is nothing here.'],
  405: ['method-not-allowed', 'This method is not allowed here.'],
  408: ['request-timeout', 'The request took too long to arrive.'],
  413: ['too-large', 'The request body is larger than 64 KiB.'],
  414: ['validation', 'The address is too long.'],
  415: ['unsupported-media-type', 'Send application/json (or application/merge-patch+json to PATCH).'],
  429: ['rate-limited', 'Too many requests.'],
  431: ['headers-too-large', 'The request headers are larger than 16 KiB.'],
  503: ['unavailable', 'The service is not available at the moment.'],
};

const UNREACHABLE = new Set([
  'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const BUSY = new Set([
  'Unavailable', 'TimeoutError', 'AbortError', 'ThrottlingException', 'ProvisionedThroughputExceededException', 'RequestLimitExceeded',
  'InternalServerError', 'InternalServerException', 'ServiceUnavailable', 'ServiceUnavailableException', 'SlowDown', 'InternalError',
]);

/** A dependency that is slow, throttled or gone: the client may try again. */
function isUnavailable(error: object): boolean {
  const { code, name, $metadata } = error as { code?: string; name?: string; $metadata?: { httpStatusCode?: number } };
  return UNREACHABLE.has(code ?? '') || BUSY.has(name ?? '') || ($metadata?.httpStatusCode ?? 0) >= 500;
}

/** Makes any error one of ours; library text never reaches a client. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const status = statusOf(error);
  const known = status === undefined ? undefined : (BY_STATUS[status] ?? (status < 500 ? BY_STATUS[400] : undefined));
  if (known) return new AppError(known[0], known[1], { cause: error });
  if (typeof error === 'object' && error !== null && isUnavailable(error)) return toUnavailable(error);
  return new AppError('internal', 'Something went wrong on our side.', { cause: error });
}

/** The status that Nest or Fastify gave an error of their own; AWS errors carry theirs elsewhere. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const { statusCode, code } = (error ?? {}) as { statusCode?: unknown; code?: unknown };
  return typeof statusCode === 'number' && String(code).startsWith('FST_ERR_') ? statusCode : undefined;
}

export const allKinds = Object.keys(HTTP_STATUS) as ErrorKind[];
