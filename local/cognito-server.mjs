// cognito-local with two things that Cognito does and it does not: tokens of one sign-in share `origin_jti`, and keep its
// `auth_time` when they are refreshed (oidc-client-ts refuses a refreshed id token with another one).
import { createRequire } from 'node:module';

const entry = createRequire(import.meta.url).resolve('cognito-local/lib/bin/start.js');
const require = createRequire(entry);
const { JwtTokenGenerator } = require('../services/tokenGenerator.js');
const { UserPoolServiceImpl } = require('../services/userPoolService.js');
const key = require('../keys/cognitoLocal.private.json');
const jwt = require('jsonwebtoken');

const refreshedWith = new WeakMap();

const { getUserByRefreshToken } = UserPoolServiceImpl.prototype;
UserPoolServiceImpl.prototype.getUserByRefreshToken = function (context, refreshToken) {
  refreshedWith.set(context, refreshToken);
  return getUserByRefreshToken.call(this, context, refreshToken);
};

const { generate } = JwtTokenGenerator.prototype;
JwtTokenGenerator.prototype.generate = async function (context, ...rest) {
  const tokens = await generate.call(this, context, ...rest);
  const { jti, iat } = jwt.decode(refreshedWith.get(context) ?? tokens.RefreshToken);
  const ofSignIn = (token) => jwt.sign({ ...jwt.decode(token), origin_jti: jti, auth_time: iat }, key.pem, { algorithm: 'RS256', keyid: 'CognitoLocal' });
  return { ...tokens, AccessToken: ofSignIn(tokens.AccessToken), IdToken: ofSignIn(tokens.IdToken) };
};

require(entry);
