import { setTimeout as delay } from 'node:timers/promises';
import type { Environment } from '../../local/names.js';
import { mintToken } from '../../test/support/tokens.js';
import { User } from '../workloads.js';
import { Recorder, type Usage } from './recorder.js';
import { built } from './built.js';
import { ROUTES, type Route } from './routes.js';

export interface Recorded {
  route: Route;
  usage: Usage;
  replyBytes: number;
}

/** About what the headers of a reply take. */
const HEADER_BYTES = 900;

/** A cache is used from the second second of a task on: docs/adr/0004-cache.md. */
const CACHE_OPENS_MS = 2_500;

/** Sends one request of every route to the application over that cloud, and tells what it asked of its dependencies. */
export async function recordRoutes(environment: Environment): Promise<Recorded[]> {
  for (const [name, value] of Object.entries(environment)) if (name.startsWith('AWS_')) process.env[name] = value;
  const { createApp } = await built<typeof import('../../src/app.js')>('app.js');
  const app = await createApp({ ...environment, NODE_ENV: 'test', LOG_LEVEL: 'fatal' });
  const recorder = await Recorder.of(app);
  await app.listen(0, '127.0.0.1');
  try {
    const url = await app.getUrl();
    const mint = (sub: string) => mintToken({ sub }, environment['COGNITO_ISSUER']);
    const recorded: Recorded[] = [];
    for (const route of ROUTES) {
      const user = new User({ url }, mint);
      const send = await route.prepare(user);
      // The first sight of a user, a token and a sign-in costs more: what a million requests cost is the second.
      await user.call('GET', '/v1/documents/usage');
      await delay(recorded.length === 0 ? CACHE_OPENS_MS : 0);
      await sendOnce(send, recorder);
      recorded.push({ route, ...(await sendOnce(send, recorder)) });
    }
    return recorded;
  } finally {
    await app.close();
  }
}

/** Some requests need another one first, which is not counted. */
async function sendOnce(send: () => Promise<unknown>, recorder: Recorder): Promise<Omit<Recorded, 'route'>> {
  recorder.take();
  let reply = (await send()) as Partial<Reply> & { measure?: () => Promise<unknown> };
  if (reply.measure) {
    recorder.take();
    reply = (await reply.measure()) as Partial<Reply>;
  }
  const usage = recorder.take();
  return { usage, replyBytes: HEADER_BYTES + JSON.stringify(reply.body ?? '').length };
}

type Reply = Awaited<ReturnType<User['call']>>;
