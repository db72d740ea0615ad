import { SetMetadata } from '@nestjs/common';

export const GUESSABLE = 'rate-limit:guessable';

/**
 * A public route behind which something could be found by trying. What fails there (404, and 401 to a POST) is also counted
 * in the narrower budget of guesses of its address.
 */
export const Guessable = () => SetMetadata(GUESSABLE, true);
