import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { AppError, type ErrorKind } from './app-error.js';
import { SECURITY_HEADERS } from './http-headers.js';
import { PROBLEM_JSON, problemOf } from './problem.js';

const BY_CODE: Partial<Record<string, [ErrorKind, string]>> = {
  HPE_HEADER_OVERFLOW: ['headers-too-large', 'The request headers are larger than 16 KiB.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['request-timeout', 'The request took too long to arrive.'],
};

/** Answers what Node's HTTP parser refuses before any route is known, and closes the connection. */
export function answerParserError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [kind, detail] = BY_CODE[error.code ?? ''] ?? (['validation', 'This is not a valid HTTP request.'] as const);
  const problem = problemOf(new AppError(kind, detail), '/');
  const body = JSON.stringify(problem);
  const headers = {
    ...SECURITY_HEADERS,
    'x-request-id': randomUUID(),
    'cache-control': 'no-store',
    'content-type': PROBLEM_JSON,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 ${problem.status} ${problem.title}\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}
