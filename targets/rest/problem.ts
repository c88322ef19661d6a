/** Errors as RFC 9457 problem details. */
import { STATUS_CODES } from 'node:http';

export const problemType = 'application/problem+json';

/** What is wrong, in stable words for programs, each with its status; `invalidRequest` may have another of 4xx. */
export const problems = {
  malformedRequest: 400,
  invalidRequest: 400,
  invalidBatch: 400,
  invalidOrder: 400,
  invalidPayment: 400,
  unauthenticated: 401,
  noSuchResource: 404,
  notFound: 404,
  methodNotAllowed: 405,
  conflict: 409,
  retired: 410,
  versionChanged: 412,
  internal: 500,
  unavailable: 503,
  notKept: 503,
  callFailed: 503,
} as const;
export type ProblemCode = keyof typeof problems;

export const problemTypeOf = (code: ProblemCode) => `urn:wirebench:problem:${code}`;

/** The type is a URN because it leads nowhere. */
export function problemDetails(code: ProblemCode, detail: string, status: number = problems[code]): string {
  const title = STATUS_CODES[status] ?? 'Error';
  return JSON.stringify({ type: problemTypeOf(code), title, status, detail, code });
}
