import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Environment } from './names.js';

export interface Api {
  child: ChildProcess;
  url: string;
  stop(): Promise<void>;
}

/** Runs a command that serves the API on `port` and waits until it is ready. */
export async function startApi(command: string[], environment: Environment, port: number, timeoutMs = 30_000): Promise<Api> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    env: { ...process.env, ...environment, PORT: String(port), HOST: '127.0.0.1' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    const hurry = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await exited;
    clearTimeout(hurry);
  };
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await delay(50)) {
    if (child.exitCode !== null) throw new Error(`The API exited with ${child.exitCode}; see above why.`);
    if (await fetch(`${url}/health/ready`).then(({ ok }) => ok, () => false)) return { child, url, stop };
  }
  await stop();
  throw new Error('The API was not ready in time; see above why.');
}
