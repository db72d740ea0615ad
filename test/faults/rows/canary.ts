import { randomUUID } from 'node:crypto';
import { HttpClient } from '../load/http-client.js';
import type { Leak } from '../world/canary.js';
import { TraceCollector } from '../world/trace-collector.js';
import { Traffic } from '../world/traffic.js';
import type { World } from '../world/world.js';
import { atLeast, defineRow, noneOf } from './row.js';

interface Measured {
  /** Of everything that ran before and of this row. Characters. */
  output: number;
  replies: number;
  sent: number;
  /** Exports of traces, which are searched as well. */
  traces: number;
  leaks: Leak[];
}

const ROUNDS = 3;

/** Not a fault of its own: it looks through what all the others left behind, and adds what clients must never do. */
export const canary = defineRow<Measured>({
  number: 15,
  fault: 'canary token, signature and password sent through all of the above',
  promise: '0 hits in logs, traces and replies',
  weight: 'alone',
  defence: {
    what: 'that nothing of a request is logged but method and route',
    patches: [{ file: 'telemetry/logging.js', find: /requestId: request\.id,/, put: 'requestId: request.id, headers: request.headers, url: request.url, body: request.body,' }],
  },

  async measure(world) {
    const { dependencies } = world;
    const collector = new TraceCollector((text) => world.canary.output('traces', text));
    await world.startTasks(1, { environment: await collector.start() });
    const client = world.client();
    const traffic = await Traffic.prepare(world, client);
    let sent = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      sent += await sendCanaries(world, client, traffic);
      // Errors are where secrets get out: the same again with every dependency in trouble.
      dependencies.dynamodb.inject({ fault: { kind: 'error' }, share: round / ROUNDS });
      dependencies.s3.inject({ fault: { kind: 'throttled' } });
      dependencies.cache.proxy.cut();
    }
    await dependencies.heal();
    await Promise.all(world.tasks.map((task) => task.end('SIGTERM')));
    collector.stop();
    const { searched, leaks } = world.canary;
    return { traces: collector.exports, output: searched.output, replies: searched.reply, sent, leaks };
  },

  judge: ({ output, replies, sent, traces, leaks }) => [
    atLeast('requests with secrets in every place', sent, 30),
    atLeast('exports of traces searched', traces, 1),
    atLeast('characters of logs and traces searched', output, 5_000),
    atLeast('characters of replies searched', replies, 5_000),
    noneOf('secrets found', leaks.map(({ where, what }) => `${what} in ${where}`)),
  ],
});

/** Secrets where they belong, and where a careless client puts them. */
async function sendCanaries(world: World, client: HttpClient, { people }: Traffic): Promise<number> {
  const { password, signature } = world.canary;
  const { authorization, documentId } = people[0]!;
  const token = world.token(randomUUID());
  world.canary.watchSignatureOf(token);
  const forged = `${token.slice(0, -8)}AAAAAAAA`;
  const json = (body: unknown) => ({ body, headers: { authorization } });
  const share = await client.send({ label: 'share', method: 'POST', path: `/v1/documents/${documentId}/shares`, ...json({ expiresIn: 600, password }) });
  const shareToken = share.status === 201 ? (JSON.parse(share.text) as { token: string }).token : 'unknown-share-token-000000';
  const requests: { method: string; path: string; body?: unknown; headers?: Record<string, string>; isEchoed?: boolean }[] = [
    { method: 'POST', path: `/v1/shares/${shareToken}`, body: { password } },
    { method: 'POST', path: `/v1/shares/${shareToken}`, body: { password: `${password}-wrong` } },
    { method: 'POST', path: `/v1/shares/${shareToken}`, body: { password, [password]: password }, isEchoed: true },
    { method: 'POST', path: `/v1/shares/${shareToken}`, body: `{"password":"${password}` },
    { method: 'GET', path: `/v1/shares/${shareToken}?password=${password}` },
    { method: 'GET', path: '/v1/profiles/me', headers: { authorization: `Bearer ${token}` } },
    { method: 'GET', path: '/v1/profiles/me', headers: { authorization: `Bearer ${forged}` } },
    { method: 'GET', path: '/v1/profiles/me', headers: { authorization: token } },
    { method: 'GET', path: `/v1/profiles/me?access_token=${token}` },
    { method: 'GET', path: `/v1/nowhere/${token}?token=${token}`, isEchoed: true },
    { method: 'GET', path: `/v1/documents?cursor=${token}`, headers: { authorization } },
    { method: 'GET', path: `/v1/documents/${documentId}/download`, headers: { authorization } },
    { method: 'GET', path: `/v1/documents/${documentId}?X-Amz-Signature=${signature}&X-Amz-Credential=a`, headers: { authorization } },
    { method: 'POST', path: '/v1/uploads/sign', ...json({ method: 'PUT', key: `https://s3/x?X-Amz-Signature=${signature}` }) },
    { method: 'PUT', path: '/v1/profiles/me', ...json({ displayName: 7, [`x${signature}`]: token }), isEchoed: true },
    { method: 'POST', path: `/v1/documents/${documentId}/upload/complete`, headers: { authorization, 'x-amz-signature': signature } },
  ];
  // An address and the name of a member are told back to whoever sent them (`instance`, `pointer`): only logs are searched then.
  const echoed = new HttpClient(client.url);
  await Promise.all(requests.map((request) => (request.isEchoed ? echoed : client).send({ label: 'canary', ...request })));
  echoed.close();
  return requests.length;
}
