import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../common/app-error.js';
import { depthOf, jsonBytes, type JsonObject } from '../common/json.js';
import { etagOf } from '../common/preconditions.js';

export const DATA_BYTES = 32 * 1_024;
const DATA_DEPTH = 16;

/** The data of one sign-in, as it is stored. */
export interface Session {
  userId: string;
  signInId: string;
  data: JsonObject;
  version: number;
  createdAt: string;
  updatedAt: string;
  /** Slides with use; RFC 3339. */
  expiresAt: string;
}

export const sessionView = z
  .object({ data: z.looseObject({}), expiresAt: z.iso.datetime() })
  .meta({ id: 'Session' });
export type SessionView = z.infer<typeof sessionView>;

/** The body of PUT. */
export const sessionData = z
  .looseObject({})
  .meta({ id: 'SessionData', description: `Any JSON object of up to 32 KiB, nested no deeper than ${DATA_DEPTH} levels.` });

/** Throws `AppError('too-large')` or `AppError('validation')`. */
export function assertFits(data: JsonObject): void {
  if (jsonBytes(data) > DATA_BYTES) throw new AppError('too-large', 'The data of a session may have at most 32 KiB as JSON.');
  if (depthOf(data) > DATA_DEPTH) throw new AppError('validation', `The data must not nest deeper than ${DATA_DEPTH} levels.`);
}

/** A session of which nothing is stored has a tag, too; one that expired and began again never has an old one. */
export const sessionEtag = (signInId: string, session: Session | undefined): string =>
  session === undefined
    ? etagOf(`0-${createHash('sha256').update(signInId).digest('base64url').slice(0, 8)}`)
    : etagOf(`${session.version}-${Date.parse(session.createdAt).toString(36)}`);
