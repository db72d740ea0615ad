import { setTimeout as delay } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from './app.js';
import { Config, ConfigError } from './config/config.js';
import { Lifecycle } from './telemetry/lifecycle.js';

/** After the drain, requests in flight get this long before the process leaves without them. Milliseconds. */
const FINISH_MS = 15_000;

async function main(): Promise<void> {
  const app = await createApp(process.env);
  const config = app.get(Config);
  const leave = drainer(app, config.SHUTDOWN_DRAIN_SECONDS * 1_000);
  process.on('SIGTERM', () => leave(0));
  process.on('SIGINT', () => leave(0));
  process.on('uncaughtException', (error) => leaveBecauseOf(error, leave));
  process.on('unhandledRejection', (error) => leaveBecauseOf(error, leave));
  await app.listen(config.PORT, config.HOST);
  console.log(JSON.stringify({ level: 30, time: new Date().toISOString(), message: `listening on ${await app.getUrl()}` }));
}

/** Unready, keep serving, wait, stop listening, finish what is in flight, exit. A second call hurries. */
function drainer(app: NestFastifyApplication, drainMs: number): (code: number) => void {
  const hurry = new AbortController();
  let isLeaving = false;
  return (code) => {
    if (isLeaving) return hurry.abort();
    isLeaving = true;
    app.get(Lifecycle).drain();
    void delay(drainMs, undefined, { signal: hurry.signal })
      .catch(() => {})
      .then(() => Promise.race([app.close(), delay(FINISH_MS, undefined, { ref: false })]))
      .finally(() => process.exit(code));
  };
}

function leaveBecauseOf(error: unknown, leave: (code: number) => void): void {
  console.error(error);
  leave(1);
}

main().catch((error: unknown) => {
  const { code } = error as { code?: string };
  if (error instanceof ConfigError) console.error(error.message);
  else if (code === 'EADDRINUSE') console.error(`Port ${process.env['PORT'] ?? 3000} is taken. Stop what uses it, or set PORT to another.`);
  else console.error(error);
  process.exit(1);
});
