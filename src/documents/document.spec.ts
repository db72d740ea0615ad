import { describe, expect, it } from '@jest/globals';
import { documentInput } from './document.js';

const valid = { name: 'a.txt', contentType: 'text/plain', size: 3 };
const problemOf = (changes: object): string | undefined => {
  const { error } = documentInput.safeParse({ ...valid, ...changes });
  return error?.issues[0]?.path.join('/');
};

describe('what a client may promise', () => {
  it.each<[string, object]>([
    ['the least', {}],
    ['a name of 255 emoji', { name: '👩'.repeat(255) }],
    ['zero bytes', { size: 0 }],
    ['ten tags of fifty characters', { tags: Array.from({ length: 10 }, (_, i) => `${i}`.padEnd(50, 'x')) }],
    ['a type with parameters', { contentType: 'text/plain; charset="utf-8"; a=b' }],
    ['a checksum', { checksumSha256: 'LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm564=' }],
    ['dots in a name', { name: '...' }],
  ])('includes %s', (_, changes) => {
    expect(problemOf(changes)).toBeUndefined();
  });

  it.each<[string, object]>([
    ['name', { name: '' }], ['name', { name: 'x'.repeat(256) }], ['name', { name: '👩'.repeat(256) }], ['name', { name: 'a/b' }],
    ['name', { name: 'a\\b' }], ['name', { name: '.' }], ['name', { name: '..' }], ['name', { name: 'a\u0000b' }], ['name', { name: 'a\nb' }],
    ['name', { name: 'gpj.\u202Eexe' }], ['name', { name: '\ud800' }], ['name', { name: 5 }], ['name', { name: undefined }],
    ['size', { size: -1 }], ['size', { size: 1.5 }], ['size', { size: '3' }], ['size', { size: 2 ** 53 }],
    ['contentType', { contentType: 'text' }], ['contentType', { contentType: 'text/plain; x' }], ['contentType', { contentType: 'text/plain\r\nx: y' }],
    ['contentType', { contentType: `text/${'x'.repeat(255)}` }], ['contentType', { contentType: 'téxt/plain' }],
    ['checksumSha256', { checksumSha256: 'abc' }], ['checksumSha256', { checksumSha256: 'LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm565=' }],
    ['folder', { folder: '' }], ['folder', { folder: 'x'.repeat(256) }], ['tags', { tags: ['a', 'a'] }], ['tags/0', { tags: [''] }],
    ['tags/0', { tags: ['x'.repeat(51)] }], ['tags', { tags: Array.from({ length: 11 }, String) }], ['tags', { tags: 'a' }], ['', { extra: 1 }],
  ])('excludes a bad %s: %j', (path, changes) => {
    expect(problemOf(changes)).toBe(path);
  });

  it('brings names to NFC and types to lower case', () => {
    const parsed = documentInput.parse({ name: 'U\u0308', contentType: 'Text/HTML; Charset=UTF-8', size: 1 });
    expect(parsed).toMatchObject({ name: 'Ü', contentType: 'text/html; Charset=UTF-8', tags: [] });
  });
});
