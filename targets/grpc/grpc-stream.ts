/** A call of one message in the driver's hands. */
import type { BodyCodec } from '../driver-kit/body-codec.ts';
import type { Http2Connection } from '../driver-kit/http2/http2-connection.ts';
import type { Http2Stream } from '../driver-kit/http2/http2-stream.ts';
import { GrpcAnswer } from './grpc-answer.ts';

const nothing: Buffer[] = [];

/** One attempt, a call whose messages leave at once. One object a slot, reused. */
export class GrpcStream implements Http2Stream {
  readonly slot: number;
  readonly answer: GrpcAnswer;
  operation = 0;
  id = 0;
  connection: Http2Connection<GrpcStream> | null = null;
  sendWindow = 0;
  readonly following = nothing;
  readonly isComplete = true;
  unsent: Buffer | null = null;
  unsentFrom = 0;

  /** `codec`: of compressed messages. `keepsBody`: the answer's message is wanted. */
  constructor(slot: number, codec: BodyCodec | null = null, keepsBody = false) {
    this.answer = new GrpcAnswer(codec, keepsBody);
    this.slot = slot;
  }
}
