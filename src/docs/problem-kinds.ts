import { STATUS_CODES } from 'node:http';
import { HTTP_STATUS, type ErrorKind } from '../common/app-error.js';

/** What each kind of failure tells a client, and what to do about it. */
export const MEANING: Record<ErrorKind, string> = {
  validation: 'The request is not valid; `errors` says where.',
  unauthenticated: 'There is no valid access token. Sign in, or refresh it.',
  'password-required': 'The share needs a password: POST it.',
  'wrong-password': 'The password is wrong.',
  forbidden: 'The user is not in the group that this needs.',
  'not-found': 'There is no such thing, or it is not yours.',
  'method-not-allowed': '`Allow` names the methods of this address.',
  'request-timeout': 'The request took too long to arrive.',
  conflict: 'The resource is in a state that does not allow this.',
  'not-ready': 'The document has no content that could be given.',
  'not-uploaded': 'The bytes have not been uploaded yet; `errors` names missing parts.',
  'quota-exceeded': 'It would exceed a limit of the user; `quota`, `limit`, `used` and `requested` say which.',
  'request-in-progress': 'The first request with this `Idempotency-Key` is still running: try again after `Retry-After`.',
  stale: 'It has changed since it was read. Read it again and repeat the change.',
  'too-large': 'The body is larger than 64 KiB, or the promised file larger than allowed.',
  'unsupported-media-type': 'Send application/json (or application/merge-patch+json to PATCH).',
  'upload-mismatch': 'The bytes are not what was promised and were removed; `errors` says what differs.',
  'idempotency-key-reused': 'The `Idempotency-Key` was used with another body.',
  'precondition-required': 'Send `If-Match` with the ETag of what you want to change.',
  'rate-limited': 'Too many requests: try again after `Retry-After`.',
  'headers-too-large': 'The request headers are larger than 16 KiB.',
  internal: 'Something went wrong on our side; nothing is half-done.',
  unavailable: 'Temporarily unavailable: try again after `Retry-After`.',
};

/** Problem details (RFC 9457). */
export const problemSchema = {
  type: 'object',
  description: 'Problem details (RFC 9457). `type` ends in the kind.',
  required: ['type', 'title', 'status', 'detail', 'instance'],
  properties: {
    type: { type: 'string', enum: Object.keys(HTTP_STATUS).map((kind) => `/problems/${kind}`) },
    title: { type: 'string' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: { type: 'string', description: 'For people, about this occurrence.' },
    instance: { type: 'string', description: 'The path that was asked for.' },
    errors: {
      type: 'array',
      description: 'What is wrong, each with a JSON pointer (RFC 6901) into the request.',
      items: { type: 'object', required: ['pointer', 'detail'], properties: { pointer: { type: 'string' }, detail: { type: 'string' } } },
    },
    quota: { type: 'string', description: 'Of `quota-exceeded` and `too-large`: which limit.' },
    limit: { type: 'integer' },
    used: { type: 'integer' },
    requested: { type: 'integer' },
  },
};

export const problemExample = (kind: ErrorKind) => ({
  summary: kind,
  value: {
    type: `/problems/${kind}`,
    title: STATUS_CODES[HTTP_STATUS[kind]] ?? 'Error',
    status: HTTP_STATUS[kind],
    detail: MEANING[kind].replaceAll('`', ''),
    instance: '/v1/documents',
    ...(kind === 'validation' && { errors: [{ pointer: '/name', detail: 'must not be empty' }] }),
  },
});
