/** What the presets of all brokers have in common. */

import type { ApiVersion } from '../../scenarios/api-versions.ts';
import type { ReferenceOperation } from '../../scenarios/operations.ts';
import type { EncodedBody, PayloadCodec } from '../../scenarios/scenario.ts';
import { hasLog } from '../../scenarios/state-settings.ts';
import { orderItemFields } from '../domain/order-item.ts';
import { messageHeaders, orderHeaders } from '../domain/order-message.ts';

/** A trial's own queues or topics. */
export function brokerResourceNames(trialTag: string, target: object = {}) {
  return {
    ...(hasLog(target) && { log: `wirebench-${trialTag}-log` }),
    requests: `wirebench-${trialTag}-requests`,
    replies: `wirebench-${trialTag}-replies`,
    deadLetters: `wirebench-${trialTag}-dead-letters`,
  };
}

/** The whole request in the body, of which a header says what it is of. */
function versionedMessage(operation: ReferenceOperation, version: ApiVersion) {
  const { version: said = '', ...fields } = orderItemFields(operation, false, version);
  return {
    headers: { [messageHeaders.version]: String(said) },
    payload: '',
    encoded: { encoded: { codec: 'json', fields } satisfies EncodedBody },
  };
}

/** The payload as it is and all else in headers; with a codec the whole request is in the body. */
export function brokerMessage(operation: ReferenceOperation, codec: PayloadCodec | undefined, version?: ApiVersion) {
  if (version !== undefined) return versionedMessage(operation, version);
  return {
    headers: codec === undefined ? orderHeaders(operation) : {},
    payload: operation.carriesPayload ? '{{payload}}' : '',
    encoded:
      codec === undefined
        ? {}
        : { encoded: { codec, fields: orderItemFields(operation, false) } satisfies EncodedBody },
  };
}
