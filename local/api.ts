import type { Environment } from './names.js';
import { Processes } from './processes.js';

export interface Api {
  url: string;
  /** Calls back when the API ends by itself. */
  onEnd(listener: () => void): void;
  stop(): Promise<void>;
}

/** Runs a command that serves the API on `port` and waits until it is ready. */
export async function startApi([command = '', ...args]: string[], environment: Environment, port: number): Promise<Api> {
  const url = `http://127.0.0.1:${port}`;
  const env = { ...environment, PORT: String(port), HOST: '127.0.0.1' };
  const processes = Processes.start([{ name: 'The API', command, args, env, isLoud: true }]);
  try {
    await processes.ready('The API', async () => (await fetch(`${url}/health/ready`)).ok);
  } catch (error) {
    await processes.stop();
    throw error;
  }
  return { url, onEnd: (listener) => processes.onEnd(listener), stop: () => processes.stop() };
}
