export type Disposition = 'attachment' | 'inline';

const PERCENT = (byte: number): string => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;

/** RFC 8187 §3.2: all but attr-char is percent-encoded UTF-8. */
const extended = (name: string): string =>
  encodeURIComponent(name).replace(/['()*!]/g, (char) => (char === '!' ? char : PERCENT(char.charCodeAt(0))));

/** What old clients get: ASCII without quotes, escapes and percent signs, which some of them decode. */
const fallback = (name: string): string =>
  name.normalize('NFKD').replace(/\p{Mark}/gu, '').replace(/[^\x20-\x7e]/gu, '_').replace(/["\\%]/g, '_');

/** `Content-Disposition` of RFC 6266 with the name in both spellings. */
export const contentDisposition = (disposition: Disposition, name: string): string =>
  `${disposition}; filename="${fallback(name)}"; filename*=UTF-8''${extended(name)}`;

/** Types that a browser shows without running anything in them. */
const HARMLESS_INLINE =
  /^(image\/(png|jpeg|gif|webp|avif|bmp)|audio\/[\w.+-]+|video\/[\w.+-]+|application\/pdf|text\/plain)$/;
/** Types that may run script where they are opened. */
const ACTIVE = /html|xml|svg|script|flash|x-shockwave|pdf-form|^text\/(?!plain|csv|markdown|calendar|css)/;

export interface Delivery {
  contentDisposition: string;
  contentType: string;
}

/** Forces what could act in a browser to be saved under a type that does nothing. */
export function deliveryOf(disposition: Disposition, name: string, contentType: string): Delivery {
  const essence = (contentType.split(';')[0] ?? '').trim();
  const isInline = disposition === 'inline' && HARMLESS_INLINE.test(essence);
  return {
    contentDisposition: contentDisposition(isInline ? 'inline' : 'attachment', name),
    contentType: ACTIVE.test(essence) ? 'application/octet-stream' : contentType,
  };
}
