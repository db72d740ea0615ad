/** Tasks read the secret about once a minute (113 s at most, see SECRETS_REFRESH_SECONDS): after this long every one of them has seen a change. */
export const PROPAGATION_MS = 120_000;

/**
 * The four steps of a Secrets Manager rotation, each repeatable. A key is published as one that is accepted, everywhere,
 * before any task signs with it; the cache takes the old and the new password meanwhile.
 */
export function rotation({ describe, read, write, promote, setCachePasswords, random, wait }) {
  const current = (id) => read(id, { VersionStage: 'AWSCURRENT' });
  const pending = (id, token) => read(id, { VersionId: token, VersionStage: 'AWSPENDING' });

  async function createSecret(id, token) {
    if (await exists(() => pending(id, token))) return;
    const { signingKeys, cache } = await current(id);
    // The very first key was written by Terraform, whose state still knows it: it signs nothing that must stay valid.
    const isFirst = cache === undefined;
    const next = {
      signingKeys: { current: random('base64'), previous: isFirst ? random('base64') : signingKeys.current },
      cache: { username: 'api', password: random('hex') },
    };
    await write(id, next, 'AWSPENDING', token);
  }

  async function setSecret(id, token) {
    const [old, next] = [await current(id), await pending(id, token)];
    const passwords = [old.cache?.password, next.cache.password].filter((password) => password !== undefined);
    await setCachePasswords([...new Set(passwords)]);
    const announced = { ...old, signingKeys: { ...old.signingKeys, previous: next.signingKeys.current } };
    await write(id, announced, 'AWSCURRENT');
    await wait(PROPAGATION_MS);
  }

  async function testSecret(id, token) {
    const { signingKeys, cache } = await pending(id, token);
    for (const key of [signingKeys.current, signingKeys.previous]) {
      if (Buffer.from(key, 'base64').length < 32) throw new Error('a signing key is too short');
    }
    if (!cache.password) throw new Error('the cache password is missing');
  }

  async function finishSecret(id, token) {
    const { VersionIdsToStages = {} } = await describe(id);
    const [from] = Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes('AWSCURRENT')) ?? [];
    if (from !== token) await promote(id, token, from);
  }

  const steps = { createSecret, setSecret, testSecret, finishSecret };
  return async ({ Step, SecretId, ClientRequestToken }) => {
    const step = steps[Step];
    if (!step) throw new Error(`unknown step ${Step}`);
    await step(SecretId, ClientRequestToken);
  };
}

async function exists(load) {
  try {
    await load();
    return true;
  } catch (error) {
    if (error.name === 'ResourceNotFoundException') return false;
    throw error;
  }
}
