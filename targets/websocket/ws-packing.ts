/** permessage-deflate as ws has it, for its client and for our service. */
import type { PerMessageDeflateOptions, WebSocket } from 'ws';
import type { MessagePacking } from './message-packing.ts';

/**
 * Which messages are packed is said as each is sent: ws heeds its threshold only where there is no context takeover. What
 * zlib does beyond that is for both clients the same.
 */
export function deflateOptions({ compression, hasTakeover }: MessagePacking): PerMessageDeflateOptions {
  return {
    clientNoContextTakeover: !hasTakeover,
    serverNoContextTakeover: !hasTakeover,
    threshold: 0,
    zlibDeflateOptions: { level: compression.level ?? 6 },
  };
}

type Done = (error: Error | null, result?: Buffer) => void;
type Step = (data: Buffer, isLast: boolean, done: Done) => void;

/** What ws keeps of the agreed extension; it tells nobody how large its messages become. */
interface WithExtensions {
  readonly _extensions: {
    readonly 'permessage-deflate'?: {
      readonly params: Readonly<Record<string, unknown>>;
      compress: Step;
      decompress: Step;
    };
  };
}

/** Counts what goes through; false when the peer has not agreed to pack messages, or not as it was asked to. */
export function countMessages(client: WebSocket, { counter, hasTakeover }: MessagePacking): boolean {
  const extension = (client as unknown as WithExtensions)._extensions['permessage-deflate'];
  if (extension === undefined) return false;
  if (!hasTakeover && extension.params.server_no_context_takeover !== true) return false;
  const compress = extension.compress.bind(extension);
  const decompress = extension.decompress.bind(extension);
  extension.compress = (data, isLast, done) => {
    compress(data, isLast, (error, result) => {
      if (result !== undefined) counter.up(data.length, result.length);
      done(error, result);
    });
  };
  extension.decompress = (data, isLast, done) => {
    decompress(data, isLast, (error, result) => {
      if (result !== undefined) counter.down(result.length, data.length);
      done(error, result);
    });
  };
  return true;
}
