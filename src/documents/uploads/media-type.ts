import { z } from 'zod';

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const QUOTED = '"(?:[\\t \\x21\\x23-\\x5b\\x5d-\\x7e]|\\\\[\\t \\x21-\\x7e])*"';
/** RFC 9110 §8.3.1, without non-ASCII and without empty parameters. */
const MEDIA_TYPE = new RegExp(`^${TOKEN}/${TOKEN}(?:[ \\t]*;[ \\t]*${TOKEN}=(?:${TOKEN}|${QUOTED}))*$`);

/** `Type/Sub;P=V` → `type/sub;P=V`: type and subtype are case-insensitive, parameter values need not be. */
function lowerEssence(text: string): string {
  const end = text.indexOf(';');
  return end < 0 ? text.toLowerCase() : text.slice(0, end).toLowerCase() + text.slice(end);
}

export const mediaType = z
  .string()
  .max(255, 'must not be longer than 255 characters')
  .regex(MEDIA_TYPE, 'must be a media type, such as application/pdf')
  .overwrite(lowerEssence)
  .meta({ example: 'application/pdf' });

/** The type without its parameters, such as `text/plain` of `text/plain; charset=utf-8`. */
export const essenceOf = (type: string): string => (type.split(';')[0] ?? '').trim().toLowerCase();
