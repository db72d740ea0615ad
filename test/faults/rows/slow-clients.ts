import { setTimeout as delay } from 'node:timers/promises';
import { connect, type Socket } from 'node:net';
import { summaryOf, type Summary } from '../world/recording.js';
import { atLeast, atMost, defineRow, enough, none, p99Near } from './row.js';
import { underLoad } from './standing.js';

interface Measured {
  calm: Summary;
  during: Summary;
  opened: number;
  /** Of the slow ones, in milliseconds after each connected. */
  lastClosedAfterMs: number;
  stillOpen: number;
}

const LABEL = 'slow clients';
const CLOSED_MS = 15_000;
const AT_ONCE = 100;

export const slowClients = defineRow<Measured>({
  number: 12,
  fault: '5,000 slow-header and slow-body clients',
  promise: "good clients' p99 ≤2×; each slow one closed within 15 s",
  weight: 'shared',
  defence: {
    what: 'the time that headers and body may take',
    patches: [{ file: 'app.js', find: /const DEADLINES = \{[^}]*\};/, put: 'const DEADLINES = { headers: 600_000, request: 600_000, check: 1_000 };' }],
  },

  async measure(world) {
    const { load } = await underLoad(world, { tasks: 1 });
    const task = world.tasks[0]!;
    await world.recording.calm(2_000);
    const crowd = new Crowd(task.port, world.token());
    await world.recording.during('fault', LABEL, async () => {
      for (let opened = 0; opened < world.time(5_000, 1_000); opened += AT_ONCE) {
        crowd.open(AT_ONCE);
        await delay(50);
      }
      for (const end = Date.now() + CLOSED_MS + 3_000; crowd.stillOpen > 0 && Date.now() < end; await delay(100));
    });
    const outcome = crowd.leave();
    await load.stop();
    return { calm: summaryOf(world.recording.within('undisturbed')), during: summaryOf(world.recording.within(LABEL)), ...outcome };
  },

  judge: ({ calm, during, opened, lastClosedAfterMs, stillOpen }) => [
    enough('undisturbed', calm),
    enough('good clients', during),
    none('good clients: failed', during.failed),
    // 20 ms: what a busy event loop of the client itself adds now and then.
    p99Near('good clients', calm, during, { plusMs: 20 }),
    atLeast('slow clients', opened, 1_000),
    none('of them never closed', stillOpen),
    atMost('last one closed after', lastClosedAfterMs, CLOSED_MS, 'ms'),
  ],
});

/** Connections that send a byte a second: half of them within the headers, half within the body. */
class Crowd {
  private readonly sockets = new Map<Socket, number>();
  private readonly timer = setInterval(() => this.dribble(), 1_000);
  private opened = 0;
  private lastClosedAfterMs = 0;

  constructor(
    private readonly port: number,
    private readonly token: string,
  ) {}

  get stillOpen(): number {
    return this.sockets.size;
  }

  open(count: number): void {
    for (let nth = 0; nth < count; nth += 1) this.openOne(nth % 2 === 0);
  }

  leave(): Pick<Measured, 'opened' | 'lastClosedAfterMs' | 'stillOpen'> {
    clearInterval(this.timer);
    const { opened, lastClosedAfterMs, stillOpen } = this;
    for (const socket of this.sockets.keys()) socket.destroy();
    return { opened, lastClosedAfterMs, stillOpen };
  }

  private openOne(isSlowHeader: boolean): void {
    const socket = connect(this.port, '127.0.0.1');
    const start = 'PUT /v1/profiles/me HTTP/1.1\r\nhost: slow\r\n';
    const rest = `authorization: Bearer ${this.token}\r\ncontent-type: application/json\r\ncontent-length: 2000\r\n\r\n{"displayName":"`;
    socket.on('connect', () => {
      this.opened += 1;
      this.sockets.set(socket, performance.now());
      socket.write(isSlowHeader ? `${start}x-slow: ` : start + rest);
    });
    socket.on('error', () => {}).on('close', () => {
      const since = this.sockets.get(socket);
      if (since === undefined) return;
      this.lastClosedAfterMs = Math.max(this.lastClosedAfterMs, performance.now() - since);
      this.sockets.delete(socket);
    });
    socket.resume();
  }

  private dribble(): void {
    for (const socket of this.sockets.keys()) if (socket.writable) socket.write('x');
  }
}
