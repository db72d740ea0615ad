import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** A refusal in AWS's own words: `code` is what the SDK reports as the error's name. */
export class AwsError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  region: string;
}

/** What was verified, and what is needed to verify a chunked body. */
export interface Verified {
  payloadHash: string;
  signingKey: Buffer;
  scope: string;
  timestamp: string;
  signature: string;
}

const SKEW_MS = 15 * 60_000;
const MAX_EXPIRES = 604_800;

export const sha256Hex = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
export const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** RFC 3986: everything but unreserved characters is encoded. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsError(400, 'InvalidURI', "Couldn't parse the specified URI.");
  }
};

interface Claim {
  accessKeyId: string;
  date: string;
  region: string;
  service: string;
  signedHeaders: string[];
  signature: string;
  timestamp: string;
  payloadHash: string;
  isPresigned: boolean;
}

/**
 * Verifies AWS Signature Version 4 in the `Authorization` header or the query, expiry and clock skew included.
 * Source: AWS, "Authenticating Requests (AWS Signature Version 4)", Amazon S3 API Reference.
 */
export function verifySignature(
  request: IncomingMessage,
  service: string,
  credentials: Credentials,
  /** SHA-256 of the body, for services whose clients sign it without naming it in a header. */
  bodyHash?: string,
): Verified {
  const now = Date.now();
  const url = new URL(request.url ?? '/', 'http://host');
  const claim = url.searchParams.has('X-Amz-Algorithm') ? presignedClaim(request, url) : headerClaim(request);
  if (bodyHash !== undefined) claim.payloadHash = bodyHash;
  if (claim.payloadHash === '') throw new AwsError(400, 'InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  if (claim.accessKeyId !== credentials.accessKeyId) {
    throw new AwsError(403, 'InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.');
  }
  if (claim.region !== credentials.region) {
    throw new AwsError(400, 'AuthorizationHeaderMalformed', `The authorization is malformed; the region '${claim.region}' is wrong; expecting '${credentials.region}'`);
  }
  if (claim.service !== service) throw new AwsError(400, 'AuthorizationQueryParametersError', `The service of the scope must be ${service}.`);
  checkTime(claim, url, now);
  checkHeadersAreSigned(request, claim);
  const scope = `${claim.date}/${claim.region}/${claim.service}/aws4_request`;
  const canonical = canonicalRequest(request, url, claim);
  const toSign = `AWS4-HMAC-SHA256\n${claim.timestamp}\n${scope}\n${sha256Hex(canonical)}`;
  const signingKey = signingKeyOf(credentials.secretAccessKey, claim);
  const expected = hmac(signingKey, toSign).toString('hex');
  if (!isSame(expected, claim.signature)) {
    throw new AwsError(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match the signature you provided. Check your key and signing method.');
  }
  return { payloadHash: claim.payloadHash, signingKey, scope, timestamp: claim.timestamp, signature: expected };
}

const signingKeyOf = (secret: string, { date, region, service }: Claim): Buffer =>
  [date, region, service, 'aws4_request'].reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secret}`));

export const isSame = (a: string, b: string): boolean => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

function headerClaim({ headers }: IncomingMessage): Claim {
  const match = /^AWS4-HMAC-SHA256 Credential=([^,]+),\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{64})$/.exec(headers.authorization ?? '');
  if (!match) {
    if (headers.authorization) throw new AwsError(400, 'AuthorizationHeaderMalformed', 'The authorization header is malformed.');
    throw new AwsError(403, 'AccessDenied', 'Access Denied');
  }
  const [, credential = '', signedHeaders = '', signature = ''] = match;
  const payloadHash = headers['x-amz-content-sha256'];
  return {
    ...scopeOf(credential),
    signedHeaders: signedHeaders.split(';'),
    signature,
    timestamp: String(headers['x-amz-date'] ?? ''),
    payloadHash: typeof payloadHash === 'string' ? payloadHash : '',
    isPresigned: false,
  };
}

function presignedClaim(request: IncomingMessage, { searchParams }: URL): Claim {
  const get = (name: string): string => {
    const value = searchParams.get(name);
    if (value === null) throw new AwsError(400, 'AuthorizationQueryParametersError', `Query-string authentication requires ${name}.`);
    return value;
  };
  if (get('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256') throw new AwsError(400, 'AuthorizationQueryParametersError', 'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256".');
  const payloadHash = searchParams.get('X-Amz-Content-Sha256') ?? request.headers['x-amz-content-sha256'];
  return {
    ...scopeOf(get('X-Amz-Credential')),
    signedHeaders: get('X-Amz-SignedHeaders').split(';'),
    signature: get('X-Amz-Signature'),
    timestamp: get('X-Amz-Date'),
    payloadHash: typeof payloadHash === 'string' ? payloadHash : 'UNSIGNED-PAYLOAD',
    isPresigned: true,
  };
}

function scopeOf(credential: string) {
  const [accessKeyId, date, region, service, end, surplus] = credential.split('/');
  if (!accessKeyId || !date || !region || !service || end !== 'aws4_request' || surplus !== undefined) {
    throw new AwsError(400, 'AuthorizationQueryParametersError', 'The credential is malformed.');
  }
  return { accessKeyId, date, region, service };
}

function checkTime({ timestamp, date, isPresigned }: Claim, { searchParams }: URL, now: number): void {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(timestamp);
  if (!match || !timestamp.startsWith(date)) throw new AwsError(403, 'AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header');
  const [, year, month, day, hour, minute, second] = match;
  const signedAt = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (!isPresigned) {
    if (Math.abs(now - signedAt) > SKEW_MS) throw new AwsError(403, 'RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.');
    return;
  }
  const expires = Number(searchParams.get('X-Amz-Expires') ?? NaN);
  if (!Number.isInteger(expires) || expires < 1 || expires > MAX_EXPIRES) throw new AwsError(400, 'AuthorizationQueryParametersError', 'X-Amz-Expires must be from 1 to 604800.');
  if (signedAt - now > SKEW_MS) throw new AwsError(403, 'AccessDenied', 'Request is not valid yet');
  if (now > signedAt + expires * 1_000) throw new AwsError(403, 'AccessDenied', 'Request has expired');
}

/** Host and every x-amz header must be part of the signature, or anyone could add some. */
function checkHeadersAreSigned({ headers }: IncomingMessage, { signedHeaders, isPresigned }: Claim): void {
  const unsigned = Object.keys(headers).filter(
    (name) => (name === 'host' || name.startsWith('x-amz-')) && !signedHeaders.includes(name) && !(isPresigned && name === 'x-amz-content-sha256'),
  );
  if (unsigned.length > 0) throw new AwsError(403, 'AccessDenied', `There were headers present in the request which were not signed: ${unsigned.join(', ')}`);
}

function canonicalRequest(request: IncomingMessage, url: URL, { signedHeaders, payloadHash }: Claim): string {
  const rawPath = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const path = rawPath.split('/').map((segment) => encode(decode(segment))).join('/');
  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map((pair) => pair.join('='))
    .join('&');
  const headers = signedHeaders.map((name) => `${name}:${[request.headers[name] ?? ''].flat().join(',').trim().replace(/\s+/g, ' ')}\n`).join('');
  return `${request.method}\n${path}\n${query}\n${headers}\n${signedHeaders.join(';')}\n${payloadHash}`;
}
