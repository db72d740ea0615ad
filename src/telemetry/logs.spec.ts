import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logs } from './logs.js';

const BOUND = 256 * 1_024;

describe('logs into a pipe', () => {
  let folder: string;
  let reader: number;
  let logs: Logs;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'stateless-logs-'));
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    logs = new Logs('info', openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK), BOUND);
  });
  afterEach(async () => {
    await logs.end(10);
    closeSync(reader);
    rmSync(folder, { recursive: true });
  });

  const read = (): string => {
    const chunk = Buffer.alloc(2 ** 16);
    try {
      return chunk.toString('utf8', 0, readSync(reader, chunk));
    } catch {
      return '';
    }
  };
  const readUntil = async (text: string): Promise<string> => {
    let all = '';
    while (!all.includes(text)) {
      all += read();
      await setImmediate();
    }
    return all;
  };
  const line = 'x'.repeat(1_000);

  it('are written as one JSON object a line', async () => {
    logs.logger.info({ status: 200 }, 'hello');
    const all = await readUntil('\n');
    expect(JSON.parse(all)).toMatchObject({ level: 30, status: 200, message: 'hello' });
  });

  it('are written together, or at once where they must be', () => {
    logs.logger.info('hello');
    expect(read()).toBe('');
    logs.flush();
    expect(read()).toContain('hello');
  });

  it('that nobody reads are dropped beyond the bound and counted; the count is logged once there is room again', async () => {
    for (let i = 0; i < 1_000; i += 1) logs.logger.info(line);
    const { dropped } = logs;
    // Each line is a little over 1,000 bytes; a pipe itself holds 64 KiB.
    expect(dropped).toBeGreaterThan(600);
    expect(dropped).toBeLessThan(800);
    const all = await readUntil('log-lines-dropped');
    expect(all).toContain(`"lines":${dropped}`);
  });

  it('that nobody reads do not keep the process from ending', async () => {
    for (let i = 0; i < 200; i += 1) logs.logger.info(line);
    expect(await logs.end(50)).toBe(false);
  });

  it('are written to the last line before the process ends', async () => {
    logs.logger.info('the last line');
    const ended = logs.end(10_000);
    expect(await readUntil('the last line')).toContain('the last line');
    expect(await ended).toBe(true);
  });
});
