import type { Model } from './model.js';

/** Something that may be used up: a share's downloads (`amount` 1), a user's bytes and documents. */
export type CounterInput = { do: 'take'; amount: number } | { do: 'give-back'; amount: number } | { do: 'read' };
export type CounterOutput = { taken: boolean } | { used: number };

/** A take is refused exactly when it would pass the limit: never more than the limit, and never refused with room left. */
export const limitedCounter = (limit: number): Model<number, CounterInput, CounterOutput> => ({
  initial: 0,
  name: String,
  step(used, input, output) {
    if (input.do === 'read')
      return output === undefined || ('used' in output && output.used === used) ? used : undefined;
    if (input.do === 'give-back') {
      const taken = output === undefined || ('taken' in output && output.taken);
      return taken && used >= input.amount ? used - input.amount : undefined;
    }
    const fits = used + input.amount <= limit;
    if (output !== undefined && !('taken' in output && output.taken === fits)) return undefined;
    return fits ? used + input.amount : used;
  },
});
