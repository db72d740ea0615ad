/** Just enough XML for S3: written by hand, read by tag. */
export const escapeXml = (text: unknown): string =>
  String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

type Content = string | number | boolean | undefined | Content[] | { [tag: string]: Content };

/** `{A: [{B: 1}, {B: 2}]}` → `<A><B>1</B></A><A><B>2</B></A>` */
function inner(content: Content): string {
  if (content === undefined) return '';
  if (typeof content !== 'object') return escapeXml(content);
  return Object.entries(content)
    .map(([tag, value]) => (value === undefined ? '' : [value].flat().map((each) => `<${tag}>${inner(each)}</${tag}>`).join('')))
    .join('');
}

export const xml = (root: string, content: Content): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner(content)}</${root}>`;

const unescape = (text: string): string =>
  text
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&#x([0-9a-f]+);/gi, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&apos;', "'").replaceAll('&amp;', '&');

/** The contents of every element of that name. */
export const elements = (text: string, tag: string): string[] =>
  [...text.matchAll(new RegExp(`<${tag}(?:\\s[^>]*)?>([\\s\\S]*?)</${tag}>`, 'g'))].map(([, content = '']) => content);

export const values = (text: string, tag: string): string[] => elements(text, tag).map(unescape);
export const value = (text: string, tag: string): string | undefined => values(text, tag)[0];
