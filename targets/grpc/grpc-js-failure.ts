/**
 * What grpc-js's errors mean, in the words of our own client. It gives a status to what never had one from the server, and
 * only the text tells which.
 */
import type { ServiceError } from '@grpc/grpc-js';
import { outcomes } from '../driver.ts';
import {
  type Conclusion,
  conclusionOfReset,
  failed,
  malformedAnswer,
  oversizedAnswer,
  truncatedAnswer,
} from '../driver-kit/http2/conclusion.ts';
import { type ErrorCode, errorCodes } from '../driver-kit/http2/http2-frames.ts';
import { rejectedWith } from './grpc-answer.ts';

/** What it makes of errors in the bytes or in the order of messages. */
const malformed: readonly RegExp[] = [
  / triggered by internal client error: /, // of node:http2, about the peer's frames
  /^No message received$/,
  /^Too many responses received$/,
  /^Failed to decompress |^Received message compressed with unsupported |^Received compressed message but /,
];
const lost = /^(Connection dropped|No connection established|Channel closed)|The session has been destroyed$/;
const unsent = /^(No connection established|Channel closed before call started)/;

/** Its words for some of the codes with which a stream can be reset; for the others it gives the number. */
const resets: Readonly<Record<string, ErrorCode>> = {
  'Stream refused by server': 'REFUSED_STREAM',
  'Call cancelled': 'CANCEL',
  'Bandwidth exhausted or memory limit exceeded': 'ENHANCE_YOUR_CALM',
  'Protocol not secure enough': 'INADEQUATE_SECURITY',
};

/** Some errors of its own it hands over as they are, without a status. */
export function conclusionOfGrpcJs({ code, details }: Partial<ServiceError>): Conclusion {
  if (code === undefined || details === undefined) return malformedAnswer;
  if (details.includes('ECONNRESET')) return failed('connection reset');
  if (lost.test(details)) return failed('connection closed');
  if (malformed.some((pattern) => pattern.test(details))) return malformedAnswer;
  if (/^Received message (larger than max|that decompresses to a size larger)/.test(details)) return oversizedAnswer;
  const reset = /^Received RST_STREAM with code (\d+)/.exec(details)?.[1];
  if (reset === '0') return truncatedAnswer;
  if (reset !== undefined) return conclusionOfReset(errorCodes[Number(reset)]);
  if (Object.hasOwn(resets, details)) return conclusionOfReset(resets[details]);
  // Its own timer is that of the attempt, and may be a moment quicker; a peer that says so has other words.
  if (/^Deadline exceeded after /.test(details))
    return { outcome: outcomes.timedOut, reason: 'timeout', retryable: true };
  const httpStatus = /^Received HTTP status code (\d+)$/.exec(details)?.[1];
  return rejectedWith(code, httpStatus === undefined ? '' : ` (HTTP ${httpStatus})`);
}

/** The library had no connection for it after all. */
export function wasNeverSent({ details = '' }: Partial<ServiceError>): boolean {
  return unsent.test(details);
}
