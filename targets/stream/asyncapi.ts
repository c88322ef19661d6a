/** The service behind Kafka in AsyncAPI 3; `{trial}` stands for what makes a trial's topics its own. */
import type { PayloadCodec } from '../../scenarios/scenario.ts';
import { asyncApiOf } from '../documents/async-api.ts';
import { brokerMessages } from '../documents/broker-messages.ts';
import type { JsonSchema } from '../documents/order-schemas.ts';
import { brokerResourceNames } from '../driver-kit/broker-preset.ts';
import { correlationHeader, idHeader, replyTopicHeader } from './stream-headers.ts';

export function streamAsyncApi(codec: PayloadCodec | undefined): JsonSchema {
  const correlation = `$message.header#/${correlationHeader}`;
  return asyncApiOf({
    title: 'Orders over Kafka',
    protocol: 'kafka',
    addresses: { requests: brokerResourceNames('{trial}').requests, replies: null },
    ...brokerMessages(codec, {
      [idHeader]: 'What the sender calls this request; the same when it sends it again.',
      [correlationHeader]: 'Comes back with the reply.',
      [replyTopicHeader]: 'Where the reply goes; left out: nowhere.',
    }),
    replyTo: { location: `$message.header#/${replyTopicHeader}`, description: 'The topic of replies.' },
    correlation: { request: correlation, reply: correlation },
  });
}
