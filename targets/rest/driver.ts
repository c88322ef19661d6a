/** HTTP over connections of our own, 1.1 with keep-alive unless 2 is asked for: prepared request bytes, one reused read buffer, no promise a request. */
import type { RestRequest, RestTarget } from '../../scenarios/scenario.ts';
import type { Driver, DriverContext, Session } from '../driver.ts';
import { openBatched } from '../driver-kit/batched-session.ts';
import { BodyCodec } from '../driver-kit/body-codec.ts';
import { createReadBuffer, endpointOf } from '../driver-kit/client-socket.ts';
import { inOperation } from '../driver-kit/in-operation.ts';
import { openedSession } from '../driver-kit/opened-session.ts';
import { batchFormat } from './batch-format.ts';
import { openCached, type TakeAnswer } from './cache/cached-session.ts';
import { HttpConnection } from './http-connection.ts';
import { Http2RestSession } from './http2-session.ts';
import { RequestWriter } from './request-writer.ts';
import { RestSession } from './rest-session.ts';

export const restDriver: Driver = {
  protocol: 'rest',
  /** Rejects with a BenchError of exit 2 too, for a request that cannot be sent. */
  async open(context, signal) {
    signal.throwIfAborted();
    const { target } = context;
    const { batch, cache } = target as RestTarget;
    if (cache !== undefined) {
      return openCached(context, cache, (beneath, take, keepsBodies) =>
        openSession(beneath, signal, { take, keepsBodies }),
      );
    }
    if (batch === undefined) return openSession(context, signal);
    return openBatched(context, batch, batchFormat(context), (beneath, takeBody) => {
      const take: TakeAnswer = (slot, _status, { body }) => {
        if (body) takeBody(slot, body);
      };
      return openSession(beneath, signal, { take, keepsBodies: true });
    });
  },
};

interface Taking {
  readonly take: TakeAnswer | null;
  readonly keepsBodies: boolean;
}

function openSession(
  context: DriverContext,
  signal: AbortSignal,
  { take, keepsBodies }: Taking = { take: null, keepsBodies: false },
): Promise<Session> {
  const { target, address, operations, payloads } = context;
  const { compression, http } = target as RestTarget;
  const codec = BodyCodec.of(compression);
  const endpoint = endpointOf(address, target.address, target.tls);
  if (http === 2) {
    const secured = endpoint.tls === null ? endpoint : { ...endpoint, tls: { ...endpoint.tls, alpn: 'h2' as const } };
    return openedSession(new Http2RestSession(context, secured, codec), signal);
  }
  const writers = operations.map(({ name, request }, index) =>
    inOperation(
      target.name,
      name,
      () => new RequestWriter(request as RestRequest, endpoint, payloads[index] ?? [], codec),
    ),
  );
  const readBuffer = createReadBuffer();
  return openedSession(
    new RestSession<HttpConnection>(
      context,
      codec,
      (index, owner) => new HttpConnection({ index, endpoint, writers, codec, keepsBodies, readBuffer, owner }),
      take,
    ),
    signal,
  );
}
