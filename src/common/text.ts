import { z } from 'zod';

const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const CONTROL_BUT_BREAKS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;
/** Characters that reorder the text around them (UAX #9): a name must look like what it is. */
const BIDI_CONTROL = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** Half of a surrogate pair is no character: stores and file systems replace it silently. */
const LONE_SURROGATE = /\p{Surrogate}/u;

const codePoints = (text: string): number => {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
};

/** Lengths count Unicode code points, as the contract promises. */
export const lengthBetween = (min: number, max: number) => (text: string) => {
  if (text.length > max * 2) return false;
  const length = codePoints(text);
  return length >= min && length <= max;
};

const sized = (min: number, max: number) =>
  z
    .string()
    .refine((text) => !LONE_SURROGATE.test(text), 'must be well-formed Unicode')
    .refine(lengthBetween(min, max), `must have ${min} to ${max} characters`)
    .meta({ minLength: min, maxLength: max });

/** One line of text, such as a name: no control characters and none that reorder text. */
export const line = (min: number, max: number) =>
  sized(min, max)
    .refine((text) => !CONTROL.test(text), 'must not contain control characters')
    .refine((text) => !BIDI_CONTROL.test(text), 'must not contain characters that change the text direction')
    .meta({ minLength: min, maxLength: max });

/** Text that may run over several lines. */
export const prose = (max: number) =>
  sized(0, max)
    .refine((text) => !CONTROL_BUT_BREAKS.test(text), 'must not contain control characters')
    .meta({ maxLength: max });
