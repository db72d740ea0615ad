import { createApp, type Deadlines } from '../../src/app.js';
import { Replica } from '../replicas/fleet.js';
import { cloudEnv } from './cloud.js';
import { enforceTaskRole } from './task-role.js';

export interface RunningApp {
  url: string;
  close(): Promise<void>;
}

/**
 * The application in this process, listening on a free port, over the suites' cloud, allowed what its task role allows. With `TEST_COMPUTE=lambda` the built
 * function behind a gateway instead: `npm run build && TEST_COMPUTE=lambda npx jest test/api/profiles`.
 */
export async function startApp(overrides: Record<string, string> = {}, deadlines?: Deadlines): Promise<RunningApp> {
  if (process.env['TEST_COMPUTE'] === 'lambda') return startFunction({ ...cloudEnv(), ...overrides });
  const app = await createApp(useAwsVariables({ ...cloudEnv(), ...overrides }), deadlines);
  enforceTaskRole(app, 'api');
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), close: () => app.close() };
}

async function startFunction(environment: Record<string, string>): Promise<RunningApp> {
  const replica = new Replica('function', 'test/lambda/gateway.mjs', environment);
  await replica.start();
  return { url: replica.url, close: async () => replica.kill() };
}

/** The SDK reads its own variables from the process. */
function useAwsVariables(environment: Record<string, string>): Record<string, string> {
  for (const [name, value] of Object.entries(environment)) if (name.startsWith('AWS_')) process.env[name] = value;
  return environment;
}
