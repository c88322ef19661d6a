import { describe, expect, it } from 'vitest';
import { outcomes } from '../driver.ts';
import { conclusionOfReset } from '../driver-kit/http2/conclusion.ts';
import { errorCodes } from '../driver-kit/http2/http2-frames.ts';
import { GrpcAnswer, statusNames } from './grpc-answer.ts';

type Fields = Readonly<Record<string, string>>;
const grpcHeaders: Fields = { ':status': '200', 'content-type': 'application/grpc' };
const emptyMessage = Buffer.alloc(5);

function block(answer: GrpcAnswer, fields: Fields, isLast: boolean) {
  for (const [name, value] of Object.entries(fields)) answer.header(name, value);
  return answer.headersEnded(isLast);
}

/** Headers, pieces of the message, trailers. */
function conclusionOf(headers: Fields, pieces: readonly Buffer[], trailers: Fields | null): string {
  const answer = new GrpcAnswer();
  const early =
    block(answer, headers, trailers === null && pieces.length === 0) ??
    pieces.reduce((found, piece) => found ?? answer.data(piece, 0, piece.length), answer.data(emptyMessage, 0, 0)) ??
    (trailers === null ? null : block(answer, trailers, true));
  const { outcome, reason, retryable } = early ?? answer.conclude();
  const name = Object.entries(outcomes).find(([, value]) => value === outcome)?.[0];
  return [name, reason, ...(retryable ? ['retryable'] : [])].filter(Boolean).join(', ');
}

describe('GrpcAnswer', () => {
  it('is ok with one message and status 0', () => {
    expect(conclusionOf(grpcHeaders, [emptyMessage], { 'grpc-status': '0' })).toBe('ok');
    const proto = { ...grpcHeaders, 'content-type': 'application/grpc+proto' };
    expect(conclusionOf(proto, [emptyMessage], { 'grpc-status': '0', 'grpc-message': '' })).toBe('ok');
  });

  it.each(statusNames.slice(1).map((name, n) => [n + 1, name] as const))('rejects with status %i, %s', (code, name) => {
    const retryable = [8, 10, 14].includes(code) ? ', retryable' : '';
    const expected = `rejected, status ${name}${retryable}`;
    expect(conclusionOf(grpcHeaders, [], { 'grpc-status': String(code) })).toBe(expected);
    expect(conclusionOf({ ...grpcHeaders, 'grpc-status': String(code) }, [], null)).toBe(expected);
    expect(conclusionOf(grpcHeaders, [emptyMessage], { 'grpc-status': String(code) })).toBe(expected);
  });

  it.each(['17', '999999999999', 'x', '-1', ''])('takes the status %j for UNKNOWN', (status) => {
    expect(conclusionOf(grpcHeaders, [], { 'grpc-status': status })).toBe('rejected, status UNKNOWN');
  });

  it.each([
    ['400', 'rejected, status INTERNAL (HTTP 400)'],
    ['401', 'rejected, status UNAUTHENTICATED (HTTP 401)'],
    ['403', 'rejected, status PERMISSION_DENIED (HTTP 403)'],
    ['404', 'rejected, status UNIMPLEMENTED (HTTP 404)'],
    ['429', 'rejected, status UNAVAILABLE (HTTP 429), retryable'],
    ['502', 'rejected, status UNAVAILABLE (HTTP 502), retryable'],
    ['503', 'rejected, status UNAVAILABLE (HTTP 503), retryable'],
    ['504', 'rejected, status UNAVAILABLE (HTTP 504), retryable'],
    ['500', 'rejected, status UNKNOWN (HTTP 500)'],
  ])('maps an answer of HTTP %s that is no gRPC', (status, expected) => {
    const page = [Buffer.from('<html>'), Buffer.from('not here</html>')];
    expect(conclusionOf({ ':status': status, 'content-type': 'text/html' }, page, null)).toBe(expected);
    expect(conclusionOf({ ':status': status }, [], null)).toBe(expected);
  });

  it('goes by grpc-status where a proxy says both', () => {
    expect(conclusionOf({ ...grpcHeaders, ':status': '503', 'grpc-status': '5' }, [], null)).toBe(
      'rejected, status NOT_FOUND',
    );
  });

  it('does not take a web page for an answer', () => {
    const page = { ':status': '200', 'content-type': 'text/html' };
    expect(conclusionOf(page, [Buffer.from('<html>')], null)).toBe('rejected, status UNKNOWN (no gRPC answer)');
    const similar = { ':status': '200', 'content-type': 'application/grpc-web' };
    expect(conclusionOf(similar, [], {})).toBe('rejected, status UNKNOWN (no gRPC answer)');
  });

  it('waits through informational headers', () => {
    const answer = new GrpcAnswer();
    expect(block(answer, { ':status': '103' }, false)).toBeNull();
    expect(block(answer, grpcHeaders, false)).toBeNull();
    expect(answer.data(emptyMessage, 0, 5)).toBeNull();
    expect(block(answer, { 'grpc-status': '0' }, true)).toBeNull();
    expect(answer.conclude().outcome).toBe(outcomes.ok);
  });

  it.each([
    ['no status at the end', grpcHeaders, [emptyMessage], {}, 'failed, truncated answer, retryable'],
    ['no trailers', grpcHeaders, [emptyMessage], null, 'failed, truncated answer, retryable'],
    ['no message', grpcHeaders, [], { 'grpc-status': '0' }, 'failed, malformed answer, retryable'],
    ['half a prefix', grpcHeaders, [Buffer.alloc(3)], { 'grpc-status': '0' }, 'failed, truncated answer, retryable'],
    [
      'half a message',
      grpcHeaders,
      [Buffer.from([0, 0, 0, 0, 9, 1])],
      { 'grpc-status': '0' },
      'failed, truncated answer, retryable',
    ],
    ['two messages', grpcHeaders, [emptyMessage, emptyMessage], {}, 'failed, malformed answer, retryable'],
    ['a compressed message', grpcHeaders, [Buffer.from([1, 0, 0, 0, 0])], {}, 'failed, malformed answer, retryable'],
    ['a message too large', grpcHeaders, [Buffer.from([0, 2, 0, 0, 0])], {}, 'failed, oversized answer, retryable'],
    ['headers without a status', { 'content-type': 'application/grpc' }, [], {}, 'failed, malformed answer, retryable'],
  ] as const)('fails on %s', (_name, headers, pieces, trailers, expected) => {
    expect(conclusionOf(headers, pieces, trailers)).toBe(expected);
  });

  it('fails on data before headers, and on headers in the middle', () => {
    expect(new GrpcAnswer().data(emptyMessage, 0, 5)?.reason).toBe('malformed answer');
    const answer = new GrpcAnswer();
    block(answer, grpcHeaders, false);
    expect(block(answer, { 'grpc-status': '0' }, false)?.reason).toBe('malformed answer');
  });

  it('reads the message wherever it is split', () => {
    const message = Buffer.from([0, 0, 0, 0, 3, 7, 7, 7]);
    for (let first = 0; first <= message.length; first++) {
      for (let second = first; second <= message.length; second++) {
        const pieces = [message.subarray(0, first), message.subarray(first, second), message.subarray(second)];
        expect(conclusionOf(grpcHeaders, pieces, { 'grpc-status': '0' })).toBe('ok');
        const cut = pieces.slice(0, 2);
        const whole = second === message.length;
        if (second > 0) {
          expect(conclusionOf(grpcHeaders, cut, { 'grpc-status': '0' })).toBe(
            whole ? 'ok' : 'failed, truncated answer, retryable',
          );
        }
      }
    }
  });

  it('remembers nothing of the attempt before', () => {
    const answer = new GrpcAnswer();
    block(answer, grpcHeaders, false);
    answer.data(Buffer.from([0, 0, 0]), 0, 3);
    block(answer, { 'grpc-status': '5' }, true);
    answer.reset();
    block(answer, grpcHeaders, false);
    answer.data(emptyMessage, 0, 5);
    block(answer, { 'grpc-status': '0' }, true);
    expect(answer.conclude().outcome).toBe(outcomes.ok);
  });
});

it('tells a refused stream from a broken one', () => {
  const refused = errorCodes.filter((code) => conclusionOfReset(code).outcome === outcomes.rejected);
  expect(refused).toEqual(['REFUSED_STREAM', 'ENHANCE_YOUR_CALM']);
  expect(errorCodes.every((code) => conclusionOfReset(code).retryable)).toBe(true);
  expect(conclusionOfReset(undefined)).toMatchObject({
    outcome: outcomes.failed,
    reason: 'stream reset: unknown code',
  });
});
