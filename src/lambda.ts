import { setImmediate as nextTurn } from 'node:timers/promises';
import { awsLambdaFastify } from '@fastify/aws-lambda';
import { createApp } from './app.js';
import { Logs } from './telemetry/logs.js';

/** What the payload formats of HTTP APIs and function URLs add to the event of a REST API or a load balancer. */
interface Event {
  rawPath?: string;
  rawQueryString?: string;
  queryStringParameters?: object | null;
}

/**
 * The same application behind API Gateway (REST or HTTP API), a function URL or a load balancer: made once per environment, and
 * nothing in it minds that the environment is frozen between requests or thrown away.
 * Source: AWS Lambda, "Using AWS Lambda with Amazon API Gateway".
 */
const app = await createApp(process.env);

const answer = awsLambdaFastify(app.getHttpAdapter().getInstance(), { decorateRequest: false });

export const handler = async (event: Event, context: Parameters<typeof answer>[1]) => {
  const reply = await answer(withQueryAsSent(event), context);
  // The line of this request is logged a turn later; a frozen environment would keep it for itself.
  await nextTurn();
  app.get(Logs).flush();
  return reply;
};

/** The parsed parameters of payload format 2.0 join repeated names by commas: only the raw query tells them from one value. */
const withQueryAsSent = (event: Event): Event =>
  event.rawQueryString
    ? { ...event, rawPath: `${event.rawPath}?${event.rawQueryString}`, queryStringParameters: undefined }
    : event;
