/** What a request says about compression. */
import type { BodyCodec } from '../body-codec.ts';

export function encodingHeaders(codec: BodyCodec | null, hasBody: boolean): [string, string][] {
  if (codec === null) return [];
  const accepted: [string, string] = ['accept-encoding', codec.encoding];
  return hasBody ? [['content-encoding', codec.encoding], accepted] : [accepted];
}
