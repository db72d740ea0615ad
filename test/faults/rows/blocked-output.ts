import { setTimeout as delay } from 'node:timers/promises';
import { HttpClient } from '../load/http-client.js';
import { OpenLoop } from '../load/open-loop.js';
import { summaryOf, type Summary } from '../world/recording.js';
import { Traffic } from '../world/traffic.js';
import { atLeast, atMost, defineRow, enough, none, p99Near, type Check } from './row.js';

interface Measured {
  calm: Summary;
  during: Summary;
  grownMiB: number;
  /** Requests that were answered and have no log line. */
  missing: number;
  /** Lines that the service says it dropped. */
  dropped: number;
  isShort: boolean;
}

const LABEL = 'stdout blocked';
const MIB = 1_024 * 1_024;
/** 4 MiB may wait for a reader: some 21,000 lines of the flood. */
const FLOOD_PER_SECOND = 1_000;
const DROPPED = /"event":"log-lines-dropped","lines":(\d+)/g;

export const blockedOutput = defineRow<Measured>({
  number: 14,
  fault: 'stdout blocked 30 s',
  promise: 'service answers; dropped log lines counted',
  weight: 'shared',
  defence: {
    what: 'log lines that nobody waits for',
    patches: [
      { file: 'telemetry/logs.js', find: /sync: false/, put: 'sync: true' },
      { file: 'telemetry/logs.js', find: /(function output\(\) \{)/, put: '$1 return STDOUT;' },
    ],
  },

  async measure(world) {
    const printed: string[] = [];
    world.onOutput = (text) => void printed.push(text);
    const [task] = await world.startTasks(1);
    const client = world.client();
    const traffic = await Traffic.prepare(world, client);
    await traffic.warmUp();
    const answered = new Set<string>();
    const load = world.load({
      // Enough to fill the pipe, 64 KiB, in the short setting too.
      perSecond: 80,
      next: (nth) => traffic.read(nth),
      send: (request) => client.send(request),
      // What is shed under a flood is counted, not logged.
      onReply: (_request, { status, headers }) => status > 0 && status !== 503 && answered.add(String(headers['x-request-id'])),
    });
    await world.recording.calm(2_000);
    const before = await task!.memory();
    const after = await world.recording.during('fault', LABEL, async () => {
      const read = task!.holdOutput();
      const flood = world.isShort ? undefined : floodOfLines(client);
      await delay(world.time(30_000, 5_000));
      await flood?.stop();
      const memory = await Promise.race([task!.memory(), delay(5_000)]);
      read();
      return memory;
    });
    await delay(1_000);
    await load.stop();
    // Ends when everything was written: what is missing then is lost.
    await Promise.all([task!.end('SIGTERM'), task!.allRead]);
    const text = printed.join('');
    return {
      calm: summaryOf(world.recording.within('undisturbed')),
      during: summaryOf(world.recording.within(LABEL)),
      grownMiB: after ? (after.heapUsed - before.heapUsed) / MIB : Infinity,
      missing: [...answered].filter((id) => !text.includes(id)).length,
      dropped: [...text.matchAll(DROPPED)].reduce((sum, [, count]) => sum + Number(count), 0),
      isShort: world.isShort,
    };
  },

  judge: ({ calm, during, grownMiB, missing, dropped, isShort }) => [
    enough('under load', during),
    none('failed requests', during.failed),
    p99Near('replies', calm, during),
    atMost('growth of the heap', grownMiB, 16, 'MiB'),
    atMost('log lines missing, of those counted as dropped', missing, dropped),
    ...overflow(dropped, isShort),
  ],
});

/** The short setting does not fill the buffer: there every line must have been kept. */
const overflow = (dropped: number, isShort: boolean): Check[] =>
  isShort ? [none('lines dropped', dropped)] : [atLeast('lines counted as dropped', dropped, 1)];

/** Requests that cost nothing but a log line; the long id makes the line long. */
const floodOfLines = (client: HttpClient): OpenLoop =>
  new OpenLoop({
    perSecond: FLOOD_PER_SECOND,
    next: (nth) => ({ label: 'flood', method: 'GET', path: '/v1/nowhere', headers: { 'x-request-id': `${nth}`.padStart(64, '0') } }),
    send: (request) => client.send(request),
  });
