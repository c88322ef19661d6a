/** What the presets of all brokers have in common. */

import type { ReferenceOperation } from '../../scenarios/operations.ts';
import type { EncodedBody, PayloadCodec } from '../../scenarios/scenario.ts';
import { hasLog } from '../../scenarios/state-settings.ts';
import { orderItemFields } from '../domain/order-item.ts';
import { orderHeaders } from '../domain/order-message.ts';

/** A trial's own queues or topics. */
export function brokerResourceNames(trialTag: string, target: object = {}) {
  return {
    ...(hasLog(target) && { log: `wirebench-${trialTag}-log` }),
    requests: `wirebench-${trialTag}-requests`,
    replies: `wirebench-${trialTag}-replies`,
    deadLetters: `wirebench-${trialTag}-dead-letters`,
  };
}

/** The payload as it is and all else in headers; with a codec the whole request is in the body. */
export function brokerMessage(operation: ReferenceOperation, codec: PayloadCodec | undefined) {
  return {
    headers: codec === undefined ? orderHeaders(operation) : {},
    payload: operation.carriesPayload ? '{{payload}}' : '',
    encoded:
      codec === undefined
        ? {}
        : { encoded: { codec, fields: orderItemFields(operation, false) } satisfies EncodedBody },
  };
}
