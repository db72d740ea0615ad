export const PROPAGATION_MS: number;
export function rotation(doors: Record<string, (...values: any[]) => any>): (event: {
  Step: string;
  SecretId: string;
  ClientRequestToken: string;
}) => Promise<void>;
