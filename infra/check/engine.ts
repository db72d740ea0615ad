import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { command, isInstalled } from './command.js';

/** Images without a daemon: buildah builds, podman runs through runc, everything as root in a storage of its own. */
export class Engine {
  private readonly storage: string[];

  constructor(private readonly folder: string) {
    this.storage = ['--storage-driver', 'vfs', '--root', join(folder, 'storage'), '--runroot', join(folder, 'run')];
  }

  /** What is missing for it here, or nothing. */
  static async lacks(): Promise<string[]> {
    const tools = ['buildah', 'podman', 'runc', 'debootstrap'];
    const found = await Promise.all(tools.map(isInstalled));
    return [...tools.filter((_, index) => !found[index]), ...(process.getuid?.() === 0 ? [] : ['root'])];
  }

  has(image: string): Promise<boolean> {
    return this.buildah('inspect', '--type', 'image', image).then(() => true, () => false);
  }

  async fromDirectory(image: string, base: string, source: string, target: string, env: string[] = []): Promise<void> {
    const container = await this.buildah('from', '--pull-never', base);
    await this.buildah('copy', container, source, target);
    const variables = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...env].flatMap((variable) => ['--env', variable]);
    await this.buildah('config', ...variables, container);
    await this.buildah('commit', '--rm', container, image);
  }

  /** Builds the Dockerfile in `context`. npm's settings and certificates of this machine are lent to the build, not kept. */
  build(image: string, context: string): Promise<string> {
    const lent = [join(homedir(), '.npmrc'), process.env.NODE_EXTRA_CA_CERTS ?? ''].filter((path) => existsSync(path));
    return this.buildah(
      'bud', '--isolation', 'chroot', '--network', 'host', '--pull-never', '--layers=false',
      ...lent.flatMap((path) => ['--volume', `${path}:${path}:ro`]),
      '--tag', image, context,
    );
  }

  /** Bytes that a registry would transfer. */
  async compressedBytes(image: string): Promise<number> {
    const folder = await mkdtemp(join(tmpdir(), 'image-'));
    await this.buildah('push', '--compression-format', 'gzip', image, `dir:${folder}`);
    const sizes = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size));
    await rm(folder, { recursive: true, force: true });
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  /** Starts the image as the task definition does: read-only, uid 1000, no capabilities. Resolves to the container's id. */
  async run(image: string, env: Record<string, string>, memory: string): Promise<string> {
    const variables = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
    const limits = (await isLimitable()) ? ['--memory', memory] : [];
    return this.podman(
      'run', '--detach', '--network', 'host', '--ulimit', 'nofile=4096:4096', '--ulimit', 'nproc=4096:4096', '--read-only', '--read-only-tmpfs=false', '--user', '1000:1000', '--cap-drop', 'ALL',
      '--security-opt', 'no-new-privileges', '--cgroups', limits.length ? 'enabled' : 'disabled', ...limits, ...variables, image,
    );
  }

  podman(...words: string[]): Promise<string> {
    return command('podman', ...this.storage, '--runtime', 'runc', '--cgroup-manager', 'cgroupfs', '--events-backend', 'file', ...words);
  }

  private async buildah(...words: string[]): Promise<string> {
    await mkdir(this.folder, { recursive: true });
    return command('buildah', ...this.storage, ...words);
  }
}

const isLimitable = async (): Promise<boolean> => existsSync('/sys/fs/cgroup/memory') || existsSync('/sys/fs/cgroup/cgroup.controllers');
