const text = (description: string, example: string) => ({ description, schema: { type: 'string' }, example });

/** Response headers, under `components.headers`. */
export const responseHeaders = {
  'X-Request-Id': text('Names the request in our logs; the one that the client sent when it was a plain token.', '0192f0a6-8b3c-7d21-9c55-1b2f6d1f0a11'),
  ETag: text('Strong entity tag of this version (RFC 9110 §8.8.3).', '"3"'),
  Location: text('The path of what was created.', '/v1/documents/0192f0a6-8b3c-7d21-9c55-1b2f6d1f0a11'),
  Link: text('`rel="next"` while there are more pages (RFC 8288).', '</v1/documents?limit=50&cursor=eyJ2IjoxfQ>; rel="next"'),
  'Retry-After': { description: 'Seconds until it makes sense to try again.', schema: { type: 'integer', minimum: 0 }, example: 1 },
  RateLimit: text('What is left of each budget (`r`), and in how many seconds more is (`t`); draft-ietf-httpapi-ratelimit-headers.', '"user";r=297;t=42'),
  'RateLimit-Policy': text(
    'The budgets: `q` requests in any `w` seconds. `"user"` and `"writes"` are one user\'s over all tasks, `"address"` and `"guesses"` one ' +
      'client address\'s where there is no user. `stateless-counted=task`: each task counts by itself while the cache is away.',
    '"user";q=300;w=60',
  ),
  'Idempotent-Replayed': { description: 'This is the first answer to the same `Idempotency-Key` again.', schema: { type: 'string', enum: ['true'] }, example: 'true' },
  'WWW-Authenticate': text('How to authenticate (RFC 6750 §3).', 'Bearer error="invalid_token"'),
  'Content-Disposition': text('The name to save it under (RFC 6266).', 'attachment; filename="export.json"'),
};
export type ResponseHeader = keyof typeof responseHeaders;

export const headerRefs = (...names: ResponseHeader[]) =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

const header = (name: string, required: boolean, description: string, example: string) => ({
  name, in: 'header', required, description, schema: { type: 'string' }, example,
});

/** Request headers, under `components.parameters`. */
export const requestHeaders = {
  IfMatch: header('If-Match', true, 'The ETag of the version to change; `*` for any.', '"3"'),
  IfMatchOptional: header('If-Match', false, 'Only do it while this is the version.', '"3"'),
  IfNoneMatch: header('If-None-Match', false, 'Answer 304 without a body when this is still the version.', '"3"'),
  IfNoneMatchAny: header('If-None-Match', false, '`*`: create only, never replace.', '*'),
  IdempotencyKey: {
    ...header('Idempotency-Key', false, 'The same key and body give the first answer again for 24 hours, from any task.', '6f1c3a52-0d3e-4c53-9a3f-0a6a0c0a7a11'),
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x20-\\x7e]+$' },
  },
};

export const parameterRef = (name: keyof typeof requestHeaders) => ({ $ref: `#/components/parameters/${name}` });
