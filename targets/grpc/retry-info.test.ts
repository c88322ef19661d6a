import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { decodeBinaryTrailer, encodeRetryInfo, retryInfoMs } from './retry-info.ts';

const asSent = (details: Buffer) => decodeBinaryTrailer(details.toString('base64'));

/** The types as their .proto files have them, so that the numbers and kinds of fields are held against another account. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Duration { int64 seconds = 1; int32 nanos = 2; }
  message RetryInfo { Duration retry_delay = 1; }
  message Any { string type_url = 1; bytes value = 2; }
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
`);

function byType(seconds: number, nanos: number, before: readonly object[] = []): Buffer {
  const retryInfo = root.lookupType('RetryInfo').encode({ retryDelay: { seconds, nanos } }).finish();
  const any = { typeUrl: 'type.googleapis.com/google.rpc.RetryInfo', value: retryInfo };
  return Buffer.from(
    root
      .lookupType('Status')
      .encode({ code: 14, message: 'later', details: [...before, any] })
      .finish(),
  );
}

describe('retryInfoMs', () => {
  it('reads and writes what the types say', () => {
    expect(retryInfoMs(asSent(byType(2, 500_000_000)))).toBe(2_500);
    const other = { typeUrl: 'type.googleapis.com/google.rpc.DebugInfo', value: Buffer.from('x') };
    expect(retryInfoMs(asSent(byType(0, 30_000_000, [other])))).toBe(30);
    expect(encodeRetryInfo(14, 'later', 2_500)).toEqual(byType(2, 500_000_000));
  });

  it.each([1, 999, 1_000, 61_500])('reads %d ms back, padded or not', (delayMs) => {
    const base64 = encodeRetryInfo(14, 'unavailable', delayMs).toString('base64');
    expect(retryInfoMs(decodeBinaryTrailer(base64))).toBe(delayMs);
    expect(retryInfoMs(decodeBinaryTrailer(base64.replace(/=+$/, '')))).toBe(delayMs);
  });

  it('bounds what is beyond a day', () => {
    expect(retryInfoMs(asSent(encodeRetryInfo(14, '', 1e12)))).toBe(86_400_000);
  });

  it('says 0 for a status without it, and for anything that is none', () => {
    const whole = encodeRetryInfo(14, 'later', 2_500);
    expect(retryInfoMs(decodeBinaryTrailer(''))).toBe(0);
    expect(retryInfoMs(asSent(Buffer.from('080e', 'hex')))).toBe(0);
    expect(retryInfoMs(asSent(Buffer.from(whole.toString('latin1').replace('RetryInfo', 'ErrorInfo'), 'latin1')))).toBe(
      0,
    );
    for (let length = 0; length < whole.length; length++)
      expect(retryInfoMs(asSent(whole.subarray(0, length)))).toBe(0);
    expect(retryInfoMs(decodeBinaryTrailer('not base64 at all !!'))).toBe(0);
  });
});
