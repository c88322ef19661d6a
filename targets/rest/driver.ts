/** HTTP/1.1 over keep-alive connections of our own: prepared request bytes, one reused read buffer, no promise a request. */
import type { RestRequest, RestTarget } from '../../scenarios/scenario.ts';
import { BodyCodec } from '../body-codec.ts';
import { createReadBuffer, endpointOf } from '../client-socket.ts';
import type { Driver } from '../driver.ts';
import { openedSession } from '../opened-session.ts';
import { HttpConnection } from './http-connection.ts';
import { RequestWriter } from './request-writer.ts';
import { RestSession } from './rest-session.ts';

export const restDriver: Driver = {
  protocol: 'rest',
  /** Rejects with a BenchError of exit 2 too, for a request that cannot be sent. */
  async open(context, signal) {
    signal.throwIfAborted();
    const { target, address, operations, payloads } = context;
    const codec = BodyCodec.of((target as RestTarget).compression);
    const endpoint = endpointOf(address, target.address);
    const writers = operations.map(
      ({ request }, index) => new RequestWriter(request as RestRequest, endpoint, payloads[index] ?? [], codec),
    );
    const readBuffer = createReadBuffer();
    return openedSession(
      new RestSession<HttpConnection>(
        context,
        codec,
        (index, owner) => new HttpConnection({ index, endpoint, writers, codec, readBuffer, owner }),
      ),
      signal,
    );
  },
};
