import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy, type SecretOrKeyProvider } from 'passport-jwt';
import { Clock } from '../common/clock.js';
import { Config } from '../config/config.js';
import { keyIdOf, userOf, type TokenRules } from './access-token.js';
import { bearerTokenOf, invalidToken, type Bearing } from './bearer-token.js';
import type { User } from './current-user.js';
import { KeySet } from './key-set.js';

/** Verifies the signature of a bearer token by the pool's keys, RS256 only; `validate` judges what it says, by our clock. */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy, 'jwt') {
  private readonly rules: TokenRules;

  constructor(
    config: Config,
    keys: KeySet,
    private readonly clock: Clock,
  ) {
    super({
      // The declared types know Express requests and PEM keys; a KeyObject spares parsing a PEM for each token.
      jwtFromRequest: (request) => bearerTokenOf(request as unknown as Bearing) ?? null,
      secretOrKeyProvider: keyProviderOf(keys) as SecretOrKeyProvider,
      algorithms: ['RS256'],
      // `userOf` asks for `exp`, which the library would let pass when absent, and tells the time by the injected clock.
      ignoreExpiration: true,
      jsonWebTokenOptions: { ignoreNotBefore: true },
      passReqToCallback: true,
    });
    this.rules = { issuer: config.COGNITO_ISSUER, clientId: config.COGNITO_CLIENT_ID };
  }

  validate(request: Bearing, payload: unknown): User | false {
    const token = bearerTokenOf(request);
    return (token !== undefined && userOf(payload, this.rules, this.clock.now(), token)) || false;
  }
}

const keyProviderOf = (keys: KeySet) => (_request: unknown, token: string, done: (error: unknown, key?: unknown) => void) => {
  const kid = keyIdOf(token);
  if (kid === undefined) return done(invalidToken());
  keys
    .find(kid)
    .then((key) => (key ? done(null, key) : done(invalidToken())))
    .catch(done);
};
