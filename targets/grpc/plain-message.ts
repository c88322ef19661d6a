/** A call of grpc-js whose message is not compressed, on a client that compresses: it keeps to a flag of each message. */
import { InterceptingCall, type Interceptor } from '@grpc/grpc-js';

/** GRPC_WRITE_NO_COMPRESS of gRPC core, in grpc-js its WriteFlags.NoCompress, which it does not export. */
const noCompress = 2;

type MessageContext = Parameters<InterceptingCall['sendMessageWithContext']>[0];

class PlainCall extends InterceptingCall {
  override sendMessageWithContext(context: MessageContext, message: unknown): void {
    super.sendMessageWithContext({ ...context, flags: (context.flags ?? 0) | noCompress }, message);
  }
}

/** The unary methods of a client take no flags; an interceptor sees the message on its way. */
export const sendsPlain: Interceptor = (options, nextCall) => new PlainCall(nextCall(options));
