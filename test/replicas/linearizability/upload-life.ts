import type { Model } from './model.js';

/** One upload whose bytes have arrived: completed or aborted, once and for all. */
export type UploadInput = { do: 'complete' | 'abort' | 'read' };
export type UploadState = 'pending' | 'ready' | 'rejected';
export type UploadOutput = { status: 200; document: UploadState } | { status: 204 | 409 };

export const uploadLife: Model<UploadState, UploadInput, UploadOutput> = {
  initial: 'pending',
  name: (state) => state,
  step(state, input, output) {
    if (input.do === 'read') return output === undefined || shows(output, state) ? state : undefined;
    const [wanted, undone] = input.do === 'complete' ? (['ready', 'rejected'] as const) : (['rejected', 'ready'] as const);
    if (state === undone) return output === undefined || output.status === 409 ? state : undefined;
    if (output === undefined) return wanted;
    return (input.do === 'complete' ? shows(output, 'ready') : output.status === 204) ? wanted : undefined;
  },
};

const shows = (output: UploadOutput, state: UploadState): boolean => output.status === 200 && output.document === state;
