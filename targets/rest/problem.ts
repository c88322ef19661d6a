/** Errors as RFC 9457 problem details. */
import { STATUS_CODES } from 'node:http';

export const problemType = 'application/problem+json';

/** `code` is a stable word for programs; the type is a URN because it leads nowhere. */
export function problemDetails(status: number, code: string, detail: string): string {
  return JSON.stringify({
    type: `urn:wirebench:problem:${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    code,
  });
}
