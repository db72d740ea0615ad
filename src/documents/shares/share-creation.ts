import type { Creation } from '../../idempotency/idempotency.js';
import type { Kept, Receipt } from '../../idempotency/receipt.js';
import { toShare, type NewShare, type Share } from './share.js';
import type { MadeShare } from './shares.service.js';

/** The token is kept apart, sealed, and so is not in the address either. */
type KeptShare = Share & { urlBefore: string };

const told = ({ body: { urlBefore, ...rest }, secret: token = '' }: Kept<KeptShare>): NewShare => ({ ...rest, token, url: urlBefore + token });

/** The creating request that makes a share; `urlBefore` is the address of shares without the token. */
export function shareCreation(
  urlBefore: string,
  create: (receiptOf: (made: MadeShare) => Receipt | undefined) => Promise<MadeShare>,
): Creation<KeptShare, NewShare> {
  const keptOf = ({ share, token }: MadeShare): Kept<KeptShare> => ({
    status: 201,
    headers: {},
    body: { ...toShare(share), urlBefore },
    secret: token,
  });
  return { first: async (remember) => told(keptOf(await create((made) => remember(keptOf(made))))), again: told };
}
