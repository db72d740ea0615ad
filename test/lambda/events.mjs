// The events that AWS sends a function for one HTTP request, and what it makes of the function's answer.
// Sources: API Gateway, "Create Lambda proxy integrations for HTTP APIs" (payload formats 1.0 and 2.0); AWS Lambda, "Invoking
// Lambda function URLs"; Elastic Load Balancing, "Lambda functions as targets for Application Load Balancers".
import { randomUUID } from 'node:crypto';

const SOURCE_IP = '203.0.113.7';

/** @typedef {{ method: string, path: string, search: string, headers: Record<string, string>, body: string | undefined, isBase64Encoded: boolean }} GatewayRequest */

/** Every value of a name, in order. @param {string} search */
const queryOf = (search) => {
  /** @type {Record<string, string[]>} */
  const values = {};
  for (const [name, value] of new URLSearchParams(search)) (values[name] ??= []).push(value);
  return values;
};

/** @template T @param {Record<string, string[]>} values @param {(list: string[]) => T} one */
const each = (values, one) => {
  const entries = Object.entries(values).map(([name, list]) => [name, one(list)]);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
};

/** Payload format 2.0. @param {string} domain */
const format2 = (domain) => (/** @type {GatewayRequest} */ { method, path, search, headers, body, isBase64Encoded }) => {
  const { cookie, ...rest } = headers;
  const query = queryOf(search);
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: search.replace(/^\?/, ''),
    ...(cookie !== undefined && { cookies: cookie.split('; ') }),
    headers: { ...rest, 'x-forwarded-for': SOURCE_IP, 'x-forwarded-proto': 'https', 'x-forwarded-port': '443' },
    ...(search !== '' && { queryStringParameters: each(query, (list) => list.join(',')) }),
    requestContext: {
      accountId: '123456789012',
      apiId: 'abcdefghij',
      domainName: domain,
      domainPrefix: 'abcdefghij',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: SOURCE_IP, userAgent: headers['user-agent'] ?? '' },
      requestId: randomUUID(),
      routeKey: '$default',
      stage: '$default',
      time: new Date().toISOString(),
      timeEpoch: Date.now(),
    },
    ...(body !== undefined && { body }),
    isBase64Encoded,
  };
};

/** Payload format 1.0. @param {GatewayRequest} request */
const restApi = ({ method, path, search, headers, body, isBase64Encoded }) => {
  const query = queryOf(search);
  const sent = { ...headers, 'X-Forwarded-For': SOURCE_IP, 'X-Forwarded-Proto': 'https' };
  return {
    version: '1.0',
    resource: '/{proxy+}',
    path,
    httpMethod: method,
    headers: sent,
    multiValueHeaders: Object.fromEntries(Object.entries(sent).map(([name, value]) => [name, [value]])),
    queryStringParameters: each(query, (list) => list.at(-1)) ?? null,
    multiValueQueryStringParameters: each(query, (list) => list) ?? null,
    pathParameters: { proxy: path.slice(1) },
    stageVariables: null,
    requestContext: {
      accountId: '123456789012',
      apiId: 'abcdefghij',
      httpMethod: method,
      identity: { sourceIp: SOURCE_IP, userAgent: headers['user-agent'] ?? '' },
      path: `/prod${path}`,
      protocol: 'HTTP/1.1',
      requestId: randomUUID(),
      resourcePath: '/{proxy+}',
      stage: 'prod',
    },
    body: body ?? null,
    isBase64Encoded,
  };
};

/** Names and values of the query stay percent-encoded, as the balancer got them. @param {GatewayRequest} request */
const loadBalancer = ({ method, path, search, headers, body, isBase64Encoded }) => ({
  requestContext: { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/api/0123456789abcdef' } },
  httpMethod: method,
  path,
  queryStringParameters: Object.fromEntries(
    search.replace(/^\?/, '').split('&').filter(Boolean).map((pair) => {
      const [name = '', value = ''] = pair.split('=');
      return [name, value];
    }),
  ),
  headers: { ...headers, 'x-forwarded-for': SOURCE_IP, 'x-forwarded-proto': 'https', 'x-forwarded-port': '443' },
  body: body ?? '',
  isBase64Encoded,
});

/** From a request to the event, by what stands in front of the function. @type {Record<string, (request: GatewayRequest) => object>} */
export const EVENTS = {
  'HTTP API': format2('abcdefghij.execute-api.eu-central-1.amazonaws.com'),
  'function URL': format2('abcdefghij.lambda-url.eu-central-1.on.aws'),
  'REST API': restApi,
  'load balancer': loadBalancer,
};
