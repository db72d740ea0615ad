import { describe, expect, it } from '@jest/globals';
import { differingType } from './content-check.js';

const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const pdf = Buffer.from('%PDF-1.7\n%âãÏÓ\n1 0 obj\n', 'latin1');
const gif = Buffer.from('GIF89a\x01\x00\x01\x00\x80\x00\x00', 'latin1');
const zip = Buffer.concat([Buffer.from('PK\x03\x04\x14\x00\x00\x00\x08\x00', 'latin1'), Buffer.alloc(40, 1)]);
const elf = Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01\x00', 'latin1'), Buffer.alloc(60)]);
const html = Buffer.from('<!DOCTYPE html><script>alert(1)</script>');
const text = Buffer.from('plain words, nothing else');
const cfb = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]);
const docx = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

describe('first bytes', () => {
  it.each<[string, Buffer]>([
    ['image/png', png], ['application/pdf', pdf], ['image/gif', gif], ['application/zip', zip], [docx, zip],
    ['application/epub+zip', zip], ['application/msword', cfb], ['text/plain', text], ['text/html', html], ['application/json', Buffer.from('{}')],
    ['text/csv; charset=utf-8', Buffer.from('a,b')], ['image/svg+xml', Buffer.from('<?xml version="1.0"?><svg xmlns="x"/>')],
    ['application/octet-stream', elf], ['application/x-our-own', text], ['application/vnd.ours', zip], ['text/plain', Buffer.alloc(0)],
  ])('may be %s', async (type, bytes) => {
    expect(await differingType(type, bytes)).toBeUndefined();
  });

  it.each<[string, string, Buffer]>([
    ['a PDF', 'image/png', pdf], ['HTML', 'image/png', html], ['words', 'image/jpeg', text], ['nothing', 'image/png', Buffer.alloc(0)],
    ['a program', 'text/plain', elf], ['a picture', 'application/json', png], ['a picture', 'text/csv', png], ['a program', 'application/x-our-own', elf],
    ['a picture', docx, png], ['an old Office file', 'application/zip', cfb], ['HTML behind the magic of GIF', 'image/gif', Buffer.concat([gif, html])],
    ['HTML', 'video/x-unknown', html], ['HTML', 'application/pdf', html],
  ])('that are %s are not %s', async (_, type, bytes) => {
    expect(await differingType(type, bytes)).toBeDefined();
  });
});
