import { freePort } from '../../../local/processes.js';
import { startCloud, type Cloud, type CloudOptions } from '../../../local/cloud.js';
import { spaConfig, type SpaConfig } from '../../../local/spa.js';
import { Fleet, type Environment } from '../../replicas/fleet.js';
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
}

/** An embedded cloud, the API and a site of its own, on free ports. */
export async function startWorld({ folder, fallback, env, tokenSeconds }: WorldOptions): Promise<World> {
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
    fleet = await Fleet.start(1, 'dist/main.js', { ...cloud.env, LOG_LEVEL: 'error', SHUTDOWN_DRAIN_SECONDS: '0', ...env });
    const { url: apiUrl } = await fleet.pick(0);
    const config = spaConfig(cloud, apiUrl);
    const connect = () => [config.apiUrl, cloud.env['AWS_ENDPOINT_URL_S3'] ?? '', new URL(config.authorizationEndpoint).origin];
    site = await serveSite(spaPort, { folder, fallback, config: () => config, connect });
    return { cloud, fleet, apiUrl, siteUrl: site.url, config, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
