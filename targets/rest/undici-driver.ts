/** HTTP/1.1 by undici, for those who ask about their own client: one undici client a connection, no pipelining. */
import type { RestRequest, RestTarget } from '../../scenarios/scenario.ts';
import type { Driver } from '../driver.ts';
import { BodyCodec } from '../driver-kit/body-codec.ts';
import { endpointOf } from '../driver-kit/client-socket.ts';
import { inOperation } from '../driver-kit/in-operation.ts';
import { openedSession } from '../driver-kit/opened-session.ts';
import { RestSession } from './rest-session.ts';
import { UndiciConnection } from './undici-connection.ts';
import { UndiciRequests } from './undici-requests.ts';

export const undiciDriver: Driver = {
  protocol: 'rest',
  /** Rejects with a BenchError of exit 2 too, for a request that cannot be sent. */
  async open(context, signal) {
    signal.throwIfAborted();
    const { target, address, operations, payloads } = context;
    const codec = BodyCodec.of((target as RestTarget).compression);
    const endpoint = endpointOf(address, target.address, target.tls);
    const requests = operations.map(({ name, request }, index) =>
      inOperation(
        target.name,
        name,
        () => new UndiciRequests(request as RestRequest, endpoint, payloads[index] ?? [], codec),
      ),
    );
    return openedSession(
      new RestSession<UndiciConnection>(
        context,
        codec,
        (index, owner) => new UndiciConnection({ index, endpoint, requests, codec, owner }),
      ),
      signal,
    );
  },
};
