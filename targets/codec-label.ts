/** What is printed beside the numbers about codecs. */
import type { Compression, PayloadCodec } from '../scenarios/scenario.ts';

/** `what`: which bytes the codec sees. */
export function compressionLabel(compression: Compression | undefined, what: string): string {
  if (compression === undefined) return 'no compression';
  const { codec, level } = compression;
  return `${codec}${level === undefined ? '' : ` level ${level}`}: ${what}`;
}

const payloadCodecLabels = {
  json: 'JSON',
  msgpack: 'MessagePack',
  protobuf: 'protobuf',
} as const satisfies Record<PayloadCodec, string>;

/** `otherwise`: where the target sets none. */
export function payloadCodecLabel(codec: PayloadCodec | undefined, otherwise: string): string {
  return codec === undefined ? otherwise : payloadCodecLabels[codec];
}
