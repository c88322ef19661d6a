/** Whether an attempt's reason says that the peer does not let its caller in: who it is, or what it may. */

/** As the drivers tell it, over HTTP, gRPC (also where a gateway has answered in HTTP alone), and in a WebSocket's handshake. */
const refusals = /^(handshake )?status (401|403|UNAUTHENTICATED|PERMISSION_DENIED)\b/;

export function isAccessRefusal(reason: string): boolean {
  return refusals.test(reason);
}
