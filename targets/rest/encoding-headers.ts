/** What a request says about compression. */
import type { BodyCodec } from '../driver-kit/body-codec.ts';

export function acceptedEncoding(codec: BodyCodec | null): [string, string][] {
  return codec === null ? [] : [['accept-encoding', codec.encoding]];
}

/** Of a request whose body is packed. */
export function contentEncoding(codec: BodyCodec | null): [string, string][] {
  return codec === null ? [] : [['content-encoding', codec.encoding]];
}
