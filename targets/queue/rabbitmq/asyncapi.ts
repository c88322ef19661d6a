/** The service behind RabbitMQ in AsyncAPI 3; `{trial}` stands for what makes a trial's queues its own. */
import type { PayloadCodec } from '../../../scenarios/scenario.ts';
import { asyncApiOf } from '../../documents/async-api.ts';
import { brokerMessages } from '../../documents/broker-messages.ts';
import type { JsonSchema } from '../../documents/order-schemas.ts';
import { brokerResourceNames } from '../../driver-kit/broker-preset.ts';

export function rabbitmqAsyncApi(codec: PayloadCodec | undefined): JsonSchema {
  return asyncApiOf({
    title: 'Orders over RabbitMQ',
    protocol: 'amqp',
    addresses: { requests: brokerResourceNames('{trial}').requests, replies: null },
    ...brokerMessages(codec),
    replyTo: {
      location: '$message.header#/reply-to',
      description: 'The property reply-to; the property correlation-id comes back. Without it nothing is answered.',
    },
  });
}
