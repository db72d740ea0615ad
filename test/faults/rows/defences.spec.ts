import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { changed } from '../world/patched-build.js';
import { ROWS } from './all.js';

describe('the defences that the scorecard can switch off', () => {
  for (const { number, defence } of ROWS) {
    for (const patch of defence.patches) {
      it(`of row ${number} are found in the built service (${patch.file})`, () => {
        const text = readFileSync(`dist/${patch.file}`, 'utf8');
        expect(changed(text, patch)).not.toBe(text);
      });
    }
  }

  it('are not switched off by a patch that misses or that could mean two places', () => {
    const patch = { file: 'x.js', find: 'a', put: 'b' };
    expect(() => changed('nothing', { ...patch, find: 'missing' })).toThrow('found 0 times');
    expect(() => changed('a and a', patch)).toThrow('found 3 times');
  });
});
