import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startApi, type Api } from './api.js';
import { controlFleet, killOnKeyPress } from './fleet-control.js';
import { startFleet } from './fleet.js';
import { spaOriginsOf, type Environment } from './names.js';
import { freePort } from './processes.js';

/** The service as `npm run dev` runs it. */
export interface Service extends Api {
  /** Where tasks are listed and killed, when there are several. */
  controlUrl?: string;
}

const CONTROL_PORT = 3_999;

/** One task that reloads when its source changes, or several behind a balancer, built once. */
export async function startService(replicas: number, environment: Environment, port: number): Promise<Service> {
  const nest = 'node_modules/.bin/nest';
  if (replicas === 1) return startApi([nest, 'start', '--watch', '--preserveWatchOutput', '--builder', 'swc'], environment, port);
  await promisify(execFile)(nest, ['build']);
  const fleet = await startFleet([process.execPath, 'dist/main.js'], environment, port, replicas, (text) => console.log(`  ${text}`));
  const controlPort = await freePort(CONTROL_PORT);
  const control = await controlFleet(fleet, controlPort, spaOriginsOf(environment));
  killOnKeyPress(fleet);
  const stop = async (): Promise<void> => {
    control.closeAllConnections();
    control.close();
    await fleet.stop();
  };
  return { ...fleet, controlUrl: `http://127.0.0.1:${controlPort}`, stop };
}

/** `--replicas` as it was given. */
export function replicasOf(text: string): number {
  if (/^[1-9]$/.test(text)) return Number(text);
  throw new Error(`--replicas must be a number from 1 to 9, not "${text}".`);
}
