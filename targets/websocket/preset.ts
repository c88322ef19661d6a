import { join } from 'node:path';
import type { WebSocketRequest, WebSocketTarget } from '../../scenarios/scenario.ts';
import { referenceOperations } from '../domain/order-domain.ts';
import { carriesPayload } from '../domain/order-message.ts';
import type { ProtocolEntry } from '../driver.ts';
import { websocketDriver } from './driver.ts';

export const websocketEntry: ProtocolEntry = {
  driver: websocketDriver,
  servicePath: join(import.meta.dirname, 'service.ts'),
  resourceNames: () => ({}),
  preset(_target, _names, operations) {
    const requests = Object.entries(referenceOperations).map(([operation, action]): [string, WebSocketRequest] => {
      const oneWay = operations[operation]?.pattern === 'one-way';
      const isPlace = action === 'place';
      const fields = [
        '"id":"{{id}}"',
        `"action":"${action}"`,
        `"order":"${isPlace ? '{{id}}' : '{{key}}'}"`,
        ...(isPlace ? ['"key":"{{key}}"'] : []),
        ...(oneWay ? ['"oneWay":true'] : []),
        ...(carriesPayload(operation) ? ['"payload":"{{payload}}"'] : []),
      ];
      return [operation, { message: `{${fields.join(',')}}`, replyId: '/id' }];
    });
    return { requests: Object.fromEntries(requests) };
  },
  semantics(target) {
    const { connections } = target as WebSocketTarget;
    return { connections, acks: 'a message of the service for each', codec: 'json in text frames, no compression', tls: false };
  },
};
