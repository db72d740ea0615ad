import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const here = import.meta.dirname;
const PATIENCE_MS = 600_000;

/** What somebody gets who never saw this repository: the packed package, in an empty folder. */
describe('the packed package, by npx', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'packed-checker-'));
  let tarball: string;
  beforeAll(() => {
    const packed = spawnSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: here, encoding: 'utf8' });
    tarball = path.join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? `nothing was packed: ${packed.stderr}`);
  }, PATIENCE_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const check = (sample: string) =>
    spawnSync('npx', ['--yes', '--prefer-offline', `./${path.basename(tarball)}`, path.join(here, 'samples', sample)], { cwd: folder, encoding: 'utf8' });

  it('holds nothing but the compiled program, its manifest and its manual', () => {
    const { stdout } = spawnSync('tar', ['-tzf', tarball], { encoding: 'utf8' });
    const files = stdout.trim().split('\n').filter((file) => !/^package\/dist\/[\w-]+\.js$/.test(file));
    expect(files.sort()).toEqual(['package/README.md', 'package/package.json']);
  });

  it('finds nothing in the clean sample', () => {
    const { status, stdout, stderr } = check('clean');
    expect({ status, stdout, stderr }).toMatchObject({ status: 0, stdout: '' });
  }, PATIENCE_MS);

  it('names every planted spot of the sample full of hidden state', () => {
    const { status, stdout } = check('hidden');
    const source = path.join(here, 'samples/hidden/src');
    const planted = readdirSync(source).flatMap((file) =>
      readFileSync(path.join(source, file), 'utf8').split('\n').flatMap((line, index) => (line.includes('// planted') ? [`src/${file}:${index + 1} `] : [])),
    );
    expect(status).toBe(1);
    expect(planted.length).toBeGreaterThanOrEqual(50);
    expect(planted.filter((spot) => !stdout.includes(spot))).toEqual([]);
  }, PATIENCE_MS);
});
