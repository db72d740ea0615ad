import { describe, expect, it } from '@jest/globals';
import { contentDisposition, deliveryOf } from './content-disposition.js';

describe('Content-Disposition', () => {
  it.each([
    ['report.pdf', `attachment; filename="report.pdf"; filename*=UTF-8''report.pdf`],
    ['Übersicht €.txt', `attachment; filename="Ubersicht _.txt"; filename*=UTF-8''%C3%9Cbersicht%20%E2%82%AC.txt`],
    ['a"b%c\'(1)*.txt', `attachment; filename="a_b_c'(1)*.txt"; filename*=UTF-8''a%22b%25c%27%281%29%2A.txt`],
    ['👩‍💻', `attachment; filename="___"; filename*=UTF-8''%F0%9F%91%A9%E2%80%8D%F0%9F%92%BB`],
  ])('spells %s for old and new clients', (name, header) => {
    expect(contentDisposition('attachment', name)).toBe(header);
  });

  it('stays within ASCII for a name of 255 emoji', () => {
    expect(contentDisposition('attachment', '👩'.repeat(255))).toMatch(/^[\x20-\x7e]+$/);
  });
});

describe('delivery', () => {
  it.each(['text/html', 'text/html; charset=utf-8', 'image/svg+xml', 'application/xhtml+xml', 'text/xml', 'text/javascript', 'application/javascript', 'application/x-shockwave-flash'])(
    'never lets %s act in a browser',
    (type) => {
      expect(deliveryOf('inline', 'x', type)).toMatchObject({
        contentDisposition: expect.stringMatching(/^attachment;/),
        contentType: 'application/octet-stream',
      });
    },
  );

  it.each(['image/png', 'application/pdf', 'video/mp4', 'text/plain; charset=utf-8'])('shows %s inline when asked to', (type) => {
    expect(deliveryOf('inline', 'x', type)).toMatchObject({ contentDisposition: expect.stringMatching(/^inline;/), contentType: type });
    expect(deliveryOf('attachment', 'x', type).contentDisposition).toMatch(/^attachment;/);
  });
});
