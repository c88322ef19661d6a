/** The brokers that the stack can have, a row each; what each takes loads when it is asked for. One without a row does not compile. */
import type { BrokerPart } from './broker-part.ts';
import { elasticmqPart } from './elasticmq/part.ts';
import { kafkaPart } from './kafka/part.ts';
import { rabbitmqPart } from './rabbitmq/part.ts';
import type { BrokerName } from './stack.ts';

export const brokerParts: Readonly<Record<BrokerName, BrokerPart>> = {
  rabbitmq: rabbitmqPart,
  kafka: kafkaPart,
  sqs: elasticmqPart,
};

export const brokerNames = Object.keys(brokerParts) as BrokerName[];
