/** Where the embedded cloud listens when nobody else does. */
export const USUAL_PORTS = { dynamo: 8_000, cognito: 9_229, s3: 9_000, secrets: 9_001, cache: 6_380 };
