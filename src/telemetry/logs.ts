import { constants, fstatSync, openSync } from 'node:fs';
import { once } from 'node:events';
import { pino, type Logger } from 'pino';
import { SoftState } from '../common/soft-state.js';

const STDOUT = 1;
/** What may wait for a reader that does not read; lines beyond it are dropped and counted. Bytes. */
const MOST_WAITING = 4 * 2 ** 20;
/** Lines are written together: one alone costs a system call and a turn of another thread. Bytes, milliseconds. */
const AT_ONCE = 4_096;
const LATEST_MS = 100;

/**
 * Structured logs on standard output, one JSON object a line. Writing never waits: while nobody reads, lines wait in a bounded
 * buffer, then they are dropped, and how many is logged once there is room again.
 */
@SoftState({ holds: 'log lines that are not written yet, and how many were dropped', bound: '4 MiB', maxAge: 'until they are written', ifLost: 'those lines' })
export class Logs {
  readonly logger: Logger;
  /** Written at any level but those that want (almost) nothing written. */
  readonly audit: Logger;
  /** Lines since the start of the process. */
  dropped = 0;
  private reported = 0;
  private ended = false;
  private flushing?: NodeJS.Timeout;
  private readonly stream: ReturnType<typeof pino.destination>;

  constructor(level: string, fd = output(), mostWaiting = MOST_WAITING) {
    this.stream = pino.destination({ fd, sync: false, minLength: AT_ONCE, maxLength: mostWaiting });
    // An output that fails (a full disk, a reader that has gone) must not take the service along.
    this.stream.on('error', () => undefined);
    this.stream.on('drop', () => (this.dropped += 1));
    this.stream.on('drain', () => this.report());
    this.logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'message' }, { write: (line) => this.write(line) });
    this.audit = this.logger.child({}, { level: level === 'fatal' || level === 'silent' ? level : 'info' });
  }

  /** Writes what waits at once, and waits for the reader: only where the process is about to be frozen. */
  flush(): void {
    this.stream.flushSync();
  }

  /** Writes what waits and lets go of the output. True when all was written; never takes longer than `ms`. */
  async end(ms: number): Promise<boolean> {
    if (this.ended) return true;
    this.ended = true;
    clearTimeout(this.flushing);
    const closed = once(this.stream, 'close', { signal: AbortSignal.timeout(ms) });
    this.stream.end();
    const isWritten = await closed.then(() => true, () => false);
    // Else the library would wait for the reader, synchronously, when the process exits.
    if (!isWritten) this.stream.destroy();
    return isWritten;
  }

  private write(line: string): void {
    if (this.ended) return;
    this.stream.write(line);
    this.flushing ??= setTimeout(() => {
      this.flushing = undefined;
      this.stream.flush();
    }, LATEST_MS).unref();
  }

  private report(): void {
    const lines = this.dropped - this.reported;
    if (lines === 0) return;
    this.reported = this.dropped;
    this.logger.warn({ event: 'log-lines-dropped', lines }, 'Standard output was not read in time.');
  }
}

/**
 * A pipe is opened once more, without blocking: a write that waits for its reader would occupy one of libuv's four threads, and
 * keep the process from exiting. Where that is not allowed (a pipe of another user) standard output is used as it is.
 */
function output(): number {
  if (!fstatSync(STDOUT).isFIFO()) return STDOUT;
  try {
    return openSync(`/proc/self/fd/${STDOUT}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return STDOUT;
  }
}
