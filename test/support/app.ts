import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp, type Deadlines } from '../../src/app.js';
import { cloudEnv } from './cloud.js';

export interface RunningApp {
  url: string;
  app: NestFastifyApplication;
  close(): Promise<void>;
}

/** The application in this process, listening on a free port, over the suites' cloud. */
export async function startApp(overrides: Record<string, string> = {}, deadlines?: Deadlines): Promise<RunningApp> {
  const app = await createApp({ ...useAwsVariables(cloudEnv()), ...overrides }, deadlines);
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), app, close: () => app.close() };
}

/** The SDK reads its own variables from the process. */
function useAwsVariables(environment: Record<string, string>): Record<string, string> {
  for (const [name, value] of Object.entries(environment)) if (name.startsWith('AWS_')) process.env[name] = value;
  return environment;
}
