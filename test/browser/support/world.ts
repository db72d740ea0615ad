import { freePort } from '../../../local/processes.js';
import { startCloud, type Cloud, type CloudOptions } from '../../../local/cloud.js';
import { startFleet, type Fleet } from '../../../local/fleet.js';
import type { Environment } from '../../../local/names.js';
import { spaConfig, type SpaConfig } from '../../../local/spa.js';
import { serveSite, type Site } from './site.js';

export interface World {
  cloud: Cloud;
  fleet: Fleet;
  apiUrl: string;
  siteUrl: string;
  config: SpaConfig;
  stop(): Promise<void>;
}

export interface WorldOptions extends Pick<CloudOptions, 'tokenSeconds'> {
  folder: string;
  fallback: string;
  env?: Environment;
  /** Tasks behind a balancer. */
  replicas?: number;
}

/** An embedded cloud, the API and a site of its own, on free ports. */
export async function startWorld({ folder, fallback, env, tokenSeconds, replicas = 1 }: WorldOptions): Promise<World> {
  const spaPort = await freePort();
  const cloud = await startCloud({ spaPort, tokenSeconds });
  let site: Site | undefined;
  let fleet: Fleet | undefined;
  const stop = async () => {
    await site?.stop();
    await fleet?.stop();
    await cloud.stop();
  };
  try {
    const environment = { ...cloud.env, LOG_LEVEL: 'error', SHUTDOWN_DRAIN_SECONDS: '0', ...env };
    const tasks = await startFleet([process.execPath, 'dist/main.js'], environment, await freePort(), replicas);
    fleet = tasks;
    const { url: apiUrl } = tasks;
    const config = spaConfig(cloud, apiUrl);
    const connect = () => [config.apiUrl, cloud.env['AWS_ENDPOINT_URL_S3'] ?? '', new URL(config.authorizationEndpoint).origin];
    site = await serveSite(spaPort, { folder, fallback, config: () => config, connect });
    return { cloud, fleet: tasks, apiUrl, siteUrl: site.url, config, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
