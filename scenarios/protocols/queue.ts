import type { ProtocolFacts } from './protocol-facts.ts';

export const queue = {
  brokers: ['rabbitmq'],
  schemes: ['amqp', 'amqps'],
  exampleAddress: 'amqp://127.0.0.1:5672',
  barePort: 5672,
  takesSeveral: false,
  takesCredentials: true,
  codecs: ['gzip', 'zstd'],
  batches: 'publishes that leave in one write; the broker may confirm many at once',
  attempts: 'publishes',
  serverCloses: true,
  delayed: (ms) => `confirms and deliveries ${ms} ms later; a request–reply ${ms} ms to ${1.5 * ms} ms`,
} as const satisfies ProtocolFacts;
