import { GlobalSignOutCommand, type CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { UserPool } from './user-pool.js';

const PATIENCE_MS = 2_000;

/**
 * GlobalSignOut with the user's own access token; the pool asks for the scope `aws.cognito.signin.user.admin`. `onRefusal` gets
 * the name of an error and never its message, which may repeat the token.
 */
export class CognitoUserPool extends UserPool {
  constructor(
    private readonly cognito: CognitoIdentityProviderClient,
    private readonly onRefusal: (reason: string) => void,
  ) {
    super();
  }

  async signOutEverywhere(accessToken: string): Promise<boolean> {
    try {
      const command = new GlobalSignOutCommand({ AccessToken: accessToken });
      await this.cognito.send(command, { abortSignal: AbortSignal.timeout(PATIENCE_MS) });
      return true;
    } catch (error) {
      this.onRefusal(error instanceof Error ? error.name : 'unknown error');
      return false;
    }
  }
}
