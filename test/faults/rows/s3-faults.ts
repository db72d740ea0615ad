import { setTimeout as delay } from 'node:timers/promises';
import type { HttpClient, Reply } from '../load/http-client.js';
import { summaryOf, type Summary } from '../world/recording.js';
import type { Traffic } from '../world/traffic.js';
import { atLeast, atMost, defineRow, enough, none, noneOf, p99Near } from './row.js';
import { underLoad } from './standing.js';

interface Phase {
  label: string;
  /** Profile and session routes, and what documents are asked without S3. */
  untouched: Summary;
  /** Requests that need S3. */
  asked: number;
  slowestMs: number;
  /** Answered with anything but 503 and Retry-After. */
  wrong: string[];
}

interface Measured {
  calm: Summary;
  phases: Phase[];
  completedAfter: number;
  pending: number;
}

const FAULTS = ['S3 refuses connections', 'S3 hangs', 'S3 answers 500', 'S3 +10 s'] as const;

export const s3Faults = defineRow<Measured>({
  number: 7,
  fault: 'S3 down or slow',
  promise: 'profile and session routes untouched; documents 503 within 2 s',
  weight: 'shared',
  defence: {
    what: 'the patience with S3',
    patches: [{ file: 'aws/clients.js', find: /(name: 's3',\s+attemptMs: )[\d_]+(,[^}]*patienceMs: )[\d_]+/, put: '$18_000$29_000' }],
  },

  async measure(world) {
    const { s3 } = world.dependencies;
    const { load, traffic, client } = await underLoad(world, { tasks: 2, reads: ['profile', 'card', 'session', 'documents', 'document'] });
    const pending = await pendingUploads(client, traffic, 2);
    await world.recording.calm(2_000);
    const phases: Omit<Phase, 'untouched'>[] = [];
    for (const label of FAULTS) {
      phases.push(await world.recording.during('fault', label, async () => {
        if (label === 'S3 refuses connections') await s3.door('refuse');
        if (label === 'S3 refuses connections') s3.cut();
        if (label === 'S3 hangs') s3.inject({ fault: { kind: 'hang' } });
        if (label === 'S3 answers 500') s3.inject({ fault: { kind: 'error' } });
        if (label === 'S3 +10 s') s3.inject({ fault: { kind: 'slow', ms: 10_000 } });
        const outcome = await askS3(client, pending);
        await delay(world.time(5_000, 300));
        return { label, ...outcome };
      }));
      await s3.heal();
      await delay(300);
    }
    let completedAfter = 0;
    for (const { small, authorization: headers } of pending) {
      const { status } = await client.send({ label: 'complete', method: 'POST', path: `${small}/upload/complete`, headers });
      if (status === 200) completedAfter += 1;
    }
    await load.stop();
    return {
      calm: summaryOf(world.recording.within('undisturbed')),
      phases: phases.map((phase) => ({ ...phase, untouched: summaryOf(world.recording.within(phase.label)) })),
      completedAfter,
      pending: pending.length,
    };
  },

  judge: ({ calm, phases, completedAfter, pending }) => [
    enough('undisturbed', calm),
    ...phases.flatMap(({ label, untouched, asked, slowestMs, wrong }) => [
      none(`${label}: other routes failed`, untouched.failed),
      p99Near(`${label}: other routes`, calm, untouched),
      atLeast(`${label}: requests that need S3`, asked, 4),
      atMost(`${label}: slowest of them`, slowestMs, 2_000, 'ms'),
      noneOf(`${label}: not 503 with Retry-After`, wrong),
    ]),
    atLeast('uploads completed afterwards', completedAfter, pending),
  ],
});

interface Pending {
  authorization: { authorization: string };
  /** Its bytes are in S3, and it was not completed yet. */
  small: string;
  /** Of many parts, none of which was signed yet. */
  large: string;
}

const LARGE = 200 * 1_024 * 1_024;

async function pendingUploads(client: HttpClient, { people }: Traffic, count: number): Promise<Pending[]> {
  return Promise.all(people.slice(0, count).map(async ({ authorization: token }) => {
    const authorization = { authorization: token };
    const create = async (body: object) => {
      const reply = await client.send({ label: 'create', method: 'POST', path: '/v1/documents', headers: authorization, body });
      if (reply.status !== 201) throw new Error(`create: ${reply.status} ${reply.text}`);
      return JSON.parse(reply.text) as { document: { id: string }; upload: { url: string; method: string; headers: Record<string, string> } };
    };
    const small = await create({ name: 'late.txt', contentType: 'text/plain', size: 4 });
    await fetch(small.upload.url, { method: small.upload.method, headers: small.upload.headers, body: 'late' });
    const large = await create({ name: 'film.mov', contentType: 'video/quicktime', size: LARGE });
    return { authorization, small: `/v1/documents/${small.document.id}`, large: `/v1/documents/${large.document.id}` };
  }));
}

/** What cannot be answered without S3: completing an upload, and beginning one of many parts. */
async function askS3(client: HttpClient, pending: Pending[]): Promise<Omit<Phase, 'untouched' | 'label'>> {
  const requests = pending.flatMap(({ small, large, authorization: headers }) => [
    { label: 'complete', method: 'POST', path: `${small}/upload/complete`, headers },
    { label: 'parts', method: 'POST', path: `${large}/upload/parts`, headers, body: { partNumbers: [1, 2] } },
  ]);
  const timed = await Promise.all(requests.map(async (request) => {
    const from = performance.now();
    const reply = await client.send(request);
    return { request, reply, ms: performance.now() - from };
  }));
  const isRight = ({ status, headers }: Reply) => status === 503 && headers['retry-after'] !== undefined;
  return {
    asked: timed.length,
    slowestMs: Math.max(...timed.map(({ ms }) => ms)),
    wrong: timed.filter(({ reply }) => !isRight(reply)).map(({ request, reply }) => `${request.label} ${reply.status || reply.failure}${reply.headers['x-served-by'] ? '' : ' (not from a replica)'}`),
  };
}
