/**
 * What grpc-js's errors mean, in the words of our own client. It gives a status to what never had one from the server, and
 * only the text tells which.
 */
import type { ServiceError } from '@grpc/grpc-js';
import {
  type Conclusion,
  conclusionOfReset,
  failed,
  malformedAnswer,
  oversizedAnswer,
  rejectedWith,
  truncatedAnswer,
} from './grpc-answer.ts';
import { errorCodes } from './http2-frames.ts';

const malformed: readonly RegExp[] = [
  /^No message received$/,
  /^Too many responses received$/,
  /^Received compressed message /,
  /^Unsupported compression/,
  /^Invalid compression/,
];

export function conclusionOfGrpcJs({
  code,
  details,
  ...rest
}: ServiceError & { readonly rstCode?: number }): Conclusion {
  const { rstCode } = rest;
  if (details === 'Connection dropped') return failed('connection closed');
  if (/ECONNRESET/.test(details)) return failed('connection reset');
  if (/^(No connection established|Channel closed|Connection )/.test(details)) return failed('connection closed');
  if (/triggered by internal client error/.test(details)) return malformedAnswer;
  if (/^Received message larger than max/.test(details)) return oversizedAnswer;
  if (malformed.some((pattern) => pattern.test(details))) return malformedAnswer;
  const httpStatus = /^Received HTTP status code (\d+)$/.exec(details)?.[1];
  if (httpStatus !== undefined) {
    return httpStatus === '200' ? truncatedAnswer : rejectedWith(code, ` (HTTP ${httpStatus})`);
  }
  if (rstCode === 0) return truncatedAnswer;
  if (rstCode !== undefined) return conclusionOfReset(errorCodes[rstCode]);
  return rejectedWith(code);
}
