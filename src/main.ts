import { setTimeout as delay } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from './app.js';
import { Config, ConfigError } from './config/config.js';
import { Lifecycle } from './telemetry/lifecycle.js';
import { safeError } from './telemetry/logging.js';
import { Logs } from './telemetry/logs.js';

/** After the drain, requests in flight get this long before the process leaves without them. Milliseconds. */
const FINISH_MS = 15_000;
/** For the last log lines. The whole stays under the platform's limit: docs/adr/0010-timeouts-in-order.md. Milliseconds. */
const FLUSH_MS = 2_000;

async function main(): Promise<void> {
  const app = await createApp(process.env);
  const config = app.get(Config);
  const { logger } = app.get(Logs);
  const hurry = new AbortController();
  const leave = drainer(app, config.SHUTDOWN_DRAIN_SECONDS * 1_000, hurry.signal);
  const leaveBecauseOf = (error: unknown) => {
    logger.fatal({ event: 'unhandled', err: safeError(error) }, 'An error that nobody handled: the task drains and leaves.');
    leave(1);
  };
  const leaveOrHurry = () => leave(0) || hurry.abort();
  process.on('SIGTERM', leaveOrHurry);
  process.on('SIGINT', leaveOrHurry);
  process.on('uncaughtException', leaveBecauseOf);
  process.on('unhandledRejection', leaveBecauseOf);
  await app.listen(config.PORT, config.HOST);
  logger.info(`listening on ${await app.getUrl()}`);
}

/** Unready, keep serving, wait, stop listening, finish what is in flight, flush, exit. False when that is under way already. */
function drainer(app: NestFastifyApplication, drainMs: number, hurry: AbortSignal): (code: number) => boolean {
  const lifecycle = app.get(Lifecycle);
  return (code) => {
    if (lifecycle.isDraining) return false;
    lifecycle.drain();
    void delay(drainMs, undefined, { signal: hurry })
      .catch(() => {})
      .then(() => Promise.race([app.close(), delay(FINISH_MS, undefined, { ref: false })]))
      .catch(() => {})
      .then(() => app.get(Logs).end(FLUSH_MS))
      // A write that nobody reads keeps a process from exiting by itself.
      .then((isWritten) => (isWritten ? process.exit(code) : process.kill(process.pid, 'SIGKILL')));
    return true;
  };
}

main().catch((error: unknown) => {
  const { code } = error as { code?: string };
  if (error instanceof ConfigError) console.error(error.message);
  else if (code === 'EADDRINUSE') console.error(`Port ${process.env['PORT'] ?? 3000} is taken. Stop what uses it, or set PORT to another.`);
  else console.error(error);
  process.exit(1);
});
