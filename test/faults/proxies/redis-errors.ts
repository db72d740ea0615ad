/** Of RESP, in which clients send commands: an array of bulk strings (redis.io, "RESP specification"). */
const COMMAND = /(?:^|\r\n)\*\d+\r\n/g;

/** A server that answers every command with an error; for pipelined commands as many. */
export const refusingCommands =
  (error: string) =>
  (said: Buffer): string =>
    `-${error}\r\n`.repeat(said.toString('latin1').match(COMMAND)?.length ?? 0);
