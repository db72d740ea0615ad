import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const PROVIDER = 'registry.terraform.io/hashicorp/aws';

/** A directory of Terraform plugins that holds the AWS provider: TF_PLUGIN_DIR, or one of the places where such are kept. */
export function findPlugins(): string | undefined {
  const below = (parent: string) => (existsSync(parent) ? readdirSync(parent).map((name) => join(parent, name)) : []);
  const places = [
    process.env.TF_PLUGIN_DIR,
    join(homedir(), '.terraform.d/plugins'),
    join(homedir(), '.terraform.d/plugin-cache'),
    process.env.TF_PLUGIN_CACHE_DIR,
    '/usr/local/share/terraform/plugins',
    '/usr/share/terraform/plugins',
    ...below('/opt'),
  ];
  return places.find((place) => place && existsSync(join(place, PROVIDER)));
}
