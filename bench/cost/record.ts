import { setTimeout as delay } from 'node:timers/promises';
import { startCloud } from '../../local/cloud.js';
import { createApp } from '../../src/app.js';
import { mintToken } from '../../test/support/tokens.js';
import { User } from '../workloads.js';
import { Recorder, type Usage } from './recorder.js';
import { ROUTES, type Route } from './routes.js';

export interface Recorded {
  route: Route;
  usage: Usage;
  /** Of the log line that the request leaves. */
  logBytes: number;
  replyBytes: number;
}

/** A cache is used from the second second of a task on: docs/adr/0004-cache.md. */
const CACHE_OPENS_MS = 2_500;

/** Sends one request of every route to the application, over a cloud of its own, and tells what it asked of its dependencies. */
export async function recordRoutes(): Promise<Recorded[]> {
  const cloud = await startCloud();
  for (const [name, value] of Object.entries(cloud.env)) if (name.startsWith('AWS_')) process.env[name] = value;
  const app = await createApp({ ...cloud.env, NODE_ENV: 'test', LOG_LEVEL: 'fatal' });
  const recorder = new Recorder(app);
  let replyBytes = 0;
  let logBytes = 0;
  app.getHttpAdapter().getInstance().addHook('onResponse', (request: any, reply: any, done: () => void) => {
    replyBytes = Number(reply.getHeader('content-length') ?? 0) + 900;
    const line = { level: 30, time: new Date().toISOString(), requestId: request.id, method: request.method, route: request.routeOptions.url, status: reply.statusCode, ms: 1.23, userId: request.user?.userId };
    logBytes = JSON.stringify(line).length + 1;
    done();
  });
  await app.listen(0, '127.0.0.1');
  try {
    const url = await app.getUrl();
    const mint = (sub: string) => mintToken({ sub }, cloud.env['COGNITO_ISSUER']);
    const recorded: Recorded[] = [];
    for (const route of ROUTES) {
      const user = new User({ url }, mint);
      const send = await route.prepare(user);
      // The first sight of a user, a token and a sign-in costs more: what a million requests cost is the second.
      await user.call('GET', '/v1/documents/usage');
      await delay(recorded.length === 0 ? CACHE_OPENS_MS : 0);
      await sendOnce(send, recorder);
      const usage = await sendOnce(send, recorder);
      recorded.push({ route, usage, logBytes, replyBytes });
    }
    return recorded;
  } finally {
    await app.close();
    await cloud.stop();
  }
}

/** Some requests need another one first, which is not counted. */
async function sendOnce(send: () => Promise<unknown>, recorder: Recorder): Promise<Usage> {
  recorder.take();
  const prepared = (await send()) as { measure?: () => Promise<unknown> } | undefined;
  if (!prepared?.measure) return recorder.take();
  recorder.take();
  await prepared.measure();
  return recorder.take();
}
