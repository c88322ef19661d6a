/** What a peer said when an attempt did not end well: its head and the begin of its body, as text that can be shown. */
import type { FailureDetail } from '../driver.ts';

export const mostDetailBytes = 2 * 1024;

/** Heads that may hold what opens a door are named, not shown. */
const secretHeaders = /^((?:set-)?cookie|(?:proxy-)?authorization|x-api-key|[\w-]*token[\w-]*)\s*:.*$/gim;

/** What stands in the place of a header's value. */
export const unshown = '(not shown)';

/** Of a request or an answer. */
export function isSecretHeader(name: string): boolean {
  return `${name}: `.replace(secretHeaders, '') === '';
}

/** As a head: a line each. */
export function headersText(headers: Readonly<Record<string, unknown>> = {}): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join('\n');
}

/** `raw`: an HTTP/1.x answer from its first byte on, or the begin of one. */
export function detailOfHttp(raw: Buffer): FailureDetail {
  const text = raw.toString('latin1');
  const end = /\r?\n\r?\n/.exec(text);
  const headEnd = end === null ? raw.length : end.index;
  const head = text.slice(0, headEnd);
  const body = raw.subarray(end === null ? raw.length : end.index + end[0].length);
  const isChunked = /^transfer-encoding:.*chunked/im.test(head);
  const encoding = /^content-encoding:\s*(\S+)/im.exec(head)?.[1];
  return detailOf(head.replaceAll('\r', ''), isChunked ? withoutChunkSizes(body) : body, encoding);
}

/** `encoding`: of a body that is compressed, whose bytes tell nobody anything. */
export function detailOf(head: string, body: Buffer, encoding?: string): FailureDetail {
  const shown = body.subarray(0, mostDetailBytes);
  const isText = encoding === undefined && !shown.includes(0);
  const bodyText = isText
    ? shown.toString()
    : `(${body.length} bytes${encoding === undefined ? '' : ` of ${encoding}`})`;
  return {
    head: head.slice(0, mostDetailBytes).replace(secretHeaders, `$1: ${unshown}`).trim(),
    body: shown.length === 0 ? '' : bodyText,
  };
}

function withoutChunkSizes(body: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const lineEnd = body.indexOf('\n', at);
    const size = lineEnd === -1 ? 0 : Number.parseInt(body.toString('latin1', at, lineEnd), 16);
    if (!(size > 0)) break;
    pieces.push(body.subarray(lineEnd + 1, lineEnd + 1 + size));
    at = body.indexOf('\n', lineEnd + 1 + size) + 1;
    if (at === 0) break;
  }
  return Buffer.concat(pieces);
}
