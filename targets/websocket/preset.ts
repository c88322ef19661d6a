import { beside } from '../../result/beside.ts';
import type { ApiVersion } from '../../scenarios/api-versions.ts';
import type { ReferenceOperation } from '../../scenarios/operations.ts';
import type {
  MessageCompression,
  PayloadCodec,
  WebSocketClient,
  WebSocketRequest,
  WebSocketTarget,
} from '../../scenarios/scenario.ts';
import { orderItemFields } from '../domain/order-item.ts';
import type { Driver, ProtocolEntry } from '../driver.ts';
import { batchLabel } from '../driver-kit/batch-label.ts';
import { clientLabel } from '../driver-kit/client-label.ts';
import { compressionLabel, payloadCodecLabel } from '../driver-kit/codec-label.ts';
import { driverByClient } from '../driver-kit/driver-by-client.ts';
import { duplexLabel } from '../driver-kit/duplex-label.ts';
import { durabilityLabel } from '../driver-kit/durability-label.ts';
import { presetRequests } from '../driver-kit/preset-requests.ts';
import { tlsLabel } from '../driver-kit/tls-label.ts';
import { publishedCode, subscriptionText } from './pushed-events.ts';
import { websocketSubscriber } from './subscriber.ts';

const drivers = {
  own: async () => (await import('./driver.ts')).websocketDriver,
  ws: async () => (await import('./ws-driver.ts')).wsDriver,
} as const satisfies Record<WebSocketClient, () => Promise<Driver>>;

const packages = { own: null, ws: 'ws' } as const satisfies Record<WebSocketClient, string | null>;

export const websocketEntry: ProtocolEntry = {
  driver: driverByClient<WebSocketClient>(
    'websocket',
    (target) => (target as WebSocketTarget).client ?? 'own',
    drivers,
  ),
  subscriber: websocketSubscriber,
  evolution: async () => (await import('./evolution-wire.ts')).websocketEvolutionWire,
  servicePath: beside(import.meta.url, 'service'),
  resourceNames: () => ({}),
  preset(target, _names, operations) {
    const { codec = 'json', push } = target as WebSocketTarget;
    return {
      ...(push?.duplex && { settings: listening }),
      requests: presetRequests(operations, (operation, isHandedOver, version) =>
        requestFor(operation, isHandedOver, codec, version),
      ),
    };
  },
  semantics(target) {
    const { connections, address = '', client = 'own', compression, batch, codec } = target as WebSocketTarget;
    return {
      client: clientLabel(client, packages[client]),
      durability: durabilityLabel(target),
      acks:
        address === ''
          ? 'a message of the service: after the work, or once the order is on record'
          : 'a message that answers; what it promises is the system’s own',
      connections,
      ...duplexLabel(target),
      ...(batch !== undefined && { batching: batchLabel(batch) }),
      compression: compression?.codec ?? 'none',
      codec: `${payloadCodecLabel(codec, address === '' ? 'JSON' : 'messages as written')} in ${(codec ?? 'json') === 'json' ? 'text' : 'binary'} frames, ${deflateLabel(compression)}`,
      tls: tlsLabel(target),
    };
  },
};

/** Of a connection that sends requests, too. */
const listening: Pick<WebSocketTarget, 'onOpen' | 'ignore'> = {
  onOpen: [{ send: subscriptionText(null) }],
  ignore: [{ pointer: '/code', values: [publishedCode] }],
};

function requestFor(
  operation: ReferenceOperation,
  isHandedOver: boolean,
  codec: PayloadCodec,
  version: ApiVersion | undefined,
): WebSocketRequest {
  return {
    message: '',
    encoded: { codec, fields: orderItemFields(operation, isHandedOver, version) },
    ...(version !== undefined && { saysDeprecation: true }),
    replyId: '/id',
    expect: { pointer: '/code', values: isHandedOver ? ['accepted'] : ['ok', 'created'] },
  };
}

function deflateLabel(compression: MessageCompression | undefined): string {
  const context = (compression?.contextTakeover ?? true) ? 'with' : 'without';
  return compressionLabel(compression, `permessage-deflate ${context} context takeover`);
}
