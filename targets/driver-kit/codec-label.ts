/** What is printed beside the numbers about codecs. */
import type { BodyCompression, PayloadCodec } from '../../scenarios/scenario.ts';

/** `gzip level 6 from 256 B: …`; `what`: which bytes the codec sees. */
export function compressionLabel(compression: BodyCompression | undefined, what: string): string {
  if (compression === undefined) return 'no compression';
  const { codec, level, minBytes = 0 } = compression;
  const tries = level === undefined ? '' : ` level ${level}`;
  const from = minBytes === 0 ? '' : ` from ${minBytes} B`;
  return `${codec}${tries}${from}: ${what}`;
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
