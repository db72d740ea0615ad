import { randomUUID } from 'node:crypto';

/** An answer given in place of a dependency, in that dependency's own words. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export type Refusal = 'throttled' | 'error';

const awsJson = (status: number, code: string, message: string): Answer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': randomUUID() },
  body: JSON.stringify({ __type: code, message }),
});

const s3Xml = (status: number, code: string, message: string): Answer => {
  const id = randomUUID();
  return {
    status,
    headers: { 'content-type': 'application/xml', 'x-amz-request-id': id },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><RequestId>${id}</RequestId></Error>`,
  };
};

const plain = (status: number, body: string): Answer => ({ status, headers: { 'content-type': 'text/html' }, body });

/** How each service says no. Sources: "Error handling with DynamoDB", "Error responses" of S3, "Common errors" of the others. */
export const REFUSALS = {
  dynamodb: {
    throttled: () => awsJson(400, 'com.amazonaws.dynamodb.v20120810#ThrottlingException', 'Rate exceeded'),
    error: () => awsJson(500, 'com.amazonaws.dynamodb.v20120810#InternalServerError', 'Internal server error'),
  },
  s3: {
    throttled: () => s3Xml(503, 'SlowDown', 'Please reduce your request rate.'),
    error: () => s3Xml(500, 'InternalError', 'We encountered an internal error. Please try again.'),
  },
  secrets: {
    throttled: () => awsJson(400, 'ThrottlingException', 'Rate exceeded'),
    error: () => awsJson(500, 'InternalServiceError', 'An error occurred on the server side.'),
  },
  cognito: {
    throttled: () => awsJson(400, 'TooManyRequestsException', 'Rate exceeded'),
    error: () => awsJson(500, 'InternalErrorException', 'Internal error'),
  },
  jwks: {
    throttled: () => plain(429, 'Too Many Requests'),
    error: () => plain(503, 'Service Unavailable'),
  },
} as const satisfies Record<string, Record<Refusal, () => Answer>>;

export type HttpDependency = keyof typeof REFUSALS;
