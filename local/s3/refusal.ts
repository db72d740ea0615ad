import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError } from '../sigv4.js';
import { escapeXml } from './xml.js';

/** Answers with S3's error document. */
export function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  const failure = describe(error);
  if (failure.status === 500 && !request.socket.destroyed) console.error('embedded S3:', error);
  // A request that was read to its end counts as destroyed, too: what matters is the connection.
  if (response.headersSent || request.socket.destroyed) return void response.destroy();
  // The rest of a refused body is not stored: the connection cannot be used again.
  if (!request.complete) response.setHeader('connection', 'close');
  const body = document(failure, (request.url ?? '').split('?', 1)[0] ?? '', String(response.getHeader('x-amz-request-id')));
  response.writeHead(failure.status, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(body) });
  response.end(request.method === 'HEAD' ? undefined : body);
  request.unpipe().resume();
}

const document = ({ code, message }: AwsError, resource: string, id: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message><Resource>${escapeXml(resource)}</Resource><RequestId>${id}</RequestId></Error>`;

function describe(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  if (['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '')) {
    console.error('The disk is full: free some space, or empty the embedded cloud with "npm run local -- --reset".');
    return new AwsError(507, 'InsufficientStorage', 'The disk of the embedded cloud is full.');
  }
  return new AwsError(500, 'InternalError', 'We encountered an internal error. Please try again.');
}
