import { fileTypeFromBuffer } from 'file-type';
import { essenceOf } from './media-type.js';

/** First bytes that the check wants: what file-type needs to recognise a file. */
export const SAMPLE_BYTES = 4_100;

/** Always recognisable by their first bytes: something else under such a name is a lie. */
const RECOGNISABLE = new Set([
  'image/png', 'image/jpeg', 'image/gif', 'image/webp', 'application/pdf', 'application/zip', 'application/gzip',
  'audio/flac', 'audio/ogg', 'video/ogg', 'video/webm', 'application/x-7z-compressed', 'application/vnd.rar',
]);

/** Several names for one format, or formats whose first bytes are the same container. */
const FAMILIES: readonly (readonly string[])[] = [
  ['image/jpeg', 'image/jpg', 'image/pjpeg'],
  ['image/png', 'image/apng', 'image/vnd.mozilla.apng'],
  ['image/bmp', 'image/x-ms-bmp', 'image/x-bmp'],
  ['image/x-icon', 'image/vnd.microsoft.icon'],
  ['image/heic', 'image/heif', 'image/heic-sequence', 'image/heif-sequence'],
  ['video/mp4', 'audio/mp4', 'audio/x-m4a', 'audio/m4a', 'audio/aac', 'video/x-m4v', 'video/quicktime', 'video/3gpp', 'video/3gpp2', 'audio/3gpp'],
  ['audio/ogg', 'video/ogg', 'application/ogg', 'audio/opus', 'audio/ogg; codecs=opus'],
  ['video/webm', 'audio/webm', 'video/matroska', 'video/x-matroska', 'audio/x-matroska', 'audio/matroska'],
  ['audio/wav', 'audio/x-wav', 'audio/wave', 'audio/vnd.wave'],
  ['audio/mpeg', 'audio/mp3'],
  ['audio/flac', 'audio/x-flac'],
  ['audio/aiff', 'audio/x-aiff'],
  ['video/vnd.avi', 'video/x-msvideo', 'video/avi', 'video/msvideo'],
  ['application/gzip', 'application/x-gzip', 'application/x-tgz'],
  ['application/vnd.rar', 'application/x-rar-compressed', 'application/x-rar'],
  ['application/zip', 'application/x-zip-compressed'],
  ['application/rtf', 'text/rtf'],
  ['application/x-msdownload', 'application/vnd.microsoft.portable-executable', 'application/x-dosexec'],
];

/** Containers that other formats are built on: Office, OpenDocument, EPUB and JAR are ZIP; old Office files are CFB. */
const ZIP_BASED = /^application\/(zip|x-zip-compressed|java-archive|epub\+zip|vnd\.(openxmlformats-|oasis\.|ms-|android|google-earth\.kmz|apple)|x-.*zip.*)|\+zip$/;
const CFB_BASED = /^application\/(x-cfb|msword|vnd\.(ms-|visio|openxmlformats-)|x-msi|x-ole-storage)/;
const XML_BASED = /(^(application|text)\/xml$)|\+xml$|^text\/html$/;
const TEXTUAL = /^text\/|^application\/(json|xml|javascript|x-ndjson|yaml|x-yaml|sql|toml|rtf|xhtml)|\+(json|xml|yaml)$/;
const MEDIA = /^(image|audio|video|font)\//;
const MARKUP = /<(?:!doctype|html|head|body|script|iframe|svg|\?php)[\s>]/i;

const isZip = (type: string): boolean => ZIP_BASED.test(type);

/**
 * What the first bytes are, when they are not what was declared; nothing when they may be. Bytes that no known format
 * claims are taken for what they are called, unless that format is always recognisable.
 */
export async function differingType(declared: string, sample: Buffer): Promise<string | undefined> {
  const type = essenceOf(declared);
  if (type === 'application/octet-stream') return undefined;
  const sniffed = await fileTypeFromBuffer(sample);
  if (sniffed && !agree(type, essenceOf(sniffed.mime))) return sniffed.mime;
  if (MEDIA.test(type) && !XML_BASED.test(type) && MARKUP.test(sample.toString('latin1'))) return 'text/html';
  if (!sniffed && RECOGNISABLE.has(type)) return 'application/octet-stream';
  return undefined;
}

function agree(declared: string, sniffed: string): boolean {
  if (declared === sniffed) return true;
  if (FAMILIES.some((family) => family.includes(declared) && family.includes(sniffed))) return true;
  if (isZip(sniffed)) return isZip(declared) || sniffed === 'application/zip' && isCustom(declared);
  if (CFB_BASED.test(sniffed)) return CFB_BASED.test(declared);
  if (XML_BASED.test(sniffed)) return XML_BASED.test(declared) || declared === 'text/plain';
  return TEXTUAL.test(sniffed) && TEXTUAL.test(declared);
}

/** Vendors build their own formats on ZIP; such a type names no format that we could tell apart. */
const isCustom = (type: string): boolean => /^(application|model)\/(vnd\.|x-)/.test(type);
