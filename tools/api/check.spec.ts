import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const check = (source: string) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['node_modules/tsx/dist/cli.mjs', 'tools/api/main.ts', '--check', '--source', source], { encoding: 'utf8' });
  return { status, output: stdout + stderr };
};

describe('the check of the description', () => {
  let copy: string;
  beforeAll(() => {
    mkdirSync('node_modules/.cache', { recursive: true });
    copy = mkdtempSync(join(process.cwd(), 'node_modules/.cache/changed-'));
    cpSync('src', join(copy, 'src'), { recursive: true });
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it('turns red when a response changes and nobody regenerated, and says what to run', () => {
    const file = join(copy, 'src/documents/document.ts');
    const text = readFileSync(file, 'utf8');
    const changed = text.replace("    size: z.int(),\n    checksumSha256: z.string().optional(),", "    size: z.string(),\n    checksumSha256: z.string().optional(),");
    expect(changed).not.toBe(text);
    writeFileSync(file, changed);
    const { status, output } = check(copy);
    expect(output).toContain('  openapi.json\n');
    expect(output).toContain('  client/src/generated/api.schemas.ts\n');
    expect(output).toContain('Run: npm run openapi');
    expect(status).toBe(1);
  }, 120_000);
});
