import { AppError } from '../common/app-error.js';
import type { Config } from '../config/config.js';
import type { Usage } from './stored-document.js';

/** What one user may keep. Type and injection token at once. */
export abstract class Limits {
  abstract readonly bytes: number;
  abstract readonly documents: number;
  abstract readonly pendingUploads: number;
  /** The largest single file. */
  abstract readonly fileBytes: number;
}

export const limitsOf = (config: Config): Limits => ({
  bytes: config.LIMIT_BYTES,
  documents: config.LIMIT_DOCUMENTS,
  pendingUploads: config.LIMIT_PENDING_UPLOADS,
  fileBytes: config.LIMIT_FILE_BYTES,
});

export const quotas = ['bytes', 'documents', 'pendingUploads'] as const;

const NAMES = { bytes: 'bytes', documents: 'documents', pendingUploads: 'pending uploads' } as const;

/** The first quota that `usage` plus `wanted` breaks, as the error to answer with. */
export function quotaError(usage: Usage, wanted: Usage, limits: Limits): AppError {
  const quota = quotas.find((name) => wanted[name] > 0 && usage[name] + wanted[name] > limits[name]) ?? 'bytes';
  const numbers = { quota, limit: limits[quota], used: usage[quota], requested: wanted[quota] };
  const detail = `This would exceed your limit of ${numbers.limit} ${NAMES[quota]}: ${numbers.used} are used.`;
  return new AppError('quota-exceeded', detail, { extra: numbers });
}
