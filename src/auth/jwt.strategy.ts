import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { Config } from '../config/config.js';
import { keyIdOf, userOf } from './access-token.js';
import type { User } from './current-user.js';
import { KeySet } from './key-set.js';

/** Verifies a bearer token (RFC 6750 §2.1, the header only) against the pool's keys: RS256, issuer, `exp` and `nbf`. */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy, 'jwt') {
  constructor(
    private readonly config: Config,
    keys: KeySet,
  ) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      algorithms: ['RS256'],
      issuer: config.COGNITO_ISSUER,
      // The declared type lacks KeyObject, which jsonwebtoken takes and which spares parsing a PEM for each token.
      secretOrKeyProvider: (_request: unknown, token: string, done: (error: unknown, key?: any) => void) => {
        const kid = keyIdOf(token);
        if (kid === undefined) return done(null, undefined);
        keys.find(kid).then((key) => done(null, key), done);
      },
    });
  }

  validate(payload: unknown): User | false {
    return userOf(payload, this.config.COGNITO_CLIENT_ID) ?? false;
  }
}
