/**
 * `google.rpc.RetryInfo` as it travels: within a `google.rpc.Status`, serialised in the trailer `grpc-status-details-bin`.
 * Field numbers are those of google/rpc/status.proto, error_details.proto and google/protobuf/{any,duration}.proto.
 */
import protobuf from 'protobufjs';

export const statusDetails = 'grpc-status-details-bin';
const retryInfoType = 'google.rpc.RetryInfo';
/** Whoever names a longer wait means: not this operation. */
const longestMs = 24 * 3_600_000;

/** What a service sends to be left alone for so long; `code` and `message` repeat the status. */
export function encodeRetryInfo(code: number, message: string, delayMs: number): Buffer {
  const { Writer } = protobuf;
  const duration = Writer.create()
    .uint32(tag(1, 0))
    .int64(Math.floor(delayMs / 1e3))
    .uint32(tag(2, 0))
    .int32(Math.round((delayMs % 1e3) * 1e6));
  const retryInfo = Writer.create().uint32(tag(1, 2)).bytes(duration.finish());
  const any = Writer.create()
    .uint32(tag(1, 2))
    .string(`type.googleapis.com/${retryInfoType}`)
    .uint32(tag(2, 2))
    .bytes(retryInfo.finish());
  const status = Writer.create().uint32(tag(1, 0)).int32(code).uint32(tag(2, 2)).string(message);
  return Buffer.from(status.uint32(tag(3, 2)).bytes(any.finish()).finish());
}

function tag(field: number, wireType: number): number {
  return (field << 3) | wireType;
}

/** What a trailer's text holds, of which the first counts where there are several. */
export function decodeBinaryTrailer(text: string): Buffer {
  const [first = ''] = text.split(',');
  return Buffer.from(first, 'base64');
}

/** Milliseconds, at most a day; 0 when the details have no RetryInfo or cannot be read. */
export function retryInfoMs(details: Buffer): number {
  try {
    for (const any of messagesOf(details, 3)) {
      const [type] = messagesOf(any, 1);
      const [value] = messagesOf(any, 2);
      if (value !== undefined && type?.toString().endsWith(`/${retryInfoType}`)) return delayOf(value);
    }
  } catch {
    // A broken detail says nothing; the status stands for itself.
  }
  return 0;
}

function delayOf(retryInfo: Buffer): number {
  const [duration] = messagesOf(retryInfo, 1);
  if (duration === undefined) return 0;
  const reader = protobuf.Reader.create(duration);
  let ms = 0;
  while (reader.pos < reader.len) {
    const key = reader.uint32();
    if (key === tag(1, 0)) ms += Number(reader.int64()) * 1e3;
    else if (key === tag(2, 0)) ms += reader.int32() / 1e6;
    else reader.skipType(key & 7);
  }
  return ms > 0 ? Math.min(ms, longestMs) : 0;
}

/** The length-delimited fields of that number. */
function messagesOf(message: Buffer, field: number): Buffer[] {
  const reader = protobuf.Reader.create(message);
  const found: Buffer[] = [];
  while (reader.pos < reader.len) {
    const key = reader.uint32();
    if (key === tag(field, 2)) found.push(Buffer.from(reader.bytes()));
    else reader.skipType(key & 7);
  }
  return found;
}
