import type { ProtocolFacts } from '../protocol-facts.ts';

export const queueFacts = {
  brokers: [
    {
      name: 'rabbitmq',
      title: 'RabbitMQ',
      members: [1, 3],
      ofSeveral: 'quorum queues on all of them, two must have a message; a classic queue is on one',
    },
  ],
  schemes: ['amqp', 'amqps'],
  exampleAddress: 'amqp://127.0.0.1:5672',
  barePort: 5672,
  carriesOneAtATime: false,
  isClustered: false,
  takesCredentials: true,
  takesQuery: false,
  codecs: ['gzip', 'zstd'],
  batches: 'publishes that leave in one write; the broker may confirm many at once',
  attempts: 'publishes',
  serverCloses: true,
  // A protocol version that no broker speaks: RabbitMQ answers with the header of the one it does, and closes.
  probe: { request: 'AMQP\x00\x00\x00\x00' },
  headersIn: 'headers',
  subscribes: 'a queue each behind a fanout exchange',
  playsEvolution: true,
  marksRedelivered: true,
  delayed: (ms) => `confirms and deliveries ${ms} ms later; a request–reply ${ms} ms to ${1.5 * ms} ms`,
} as const satisfies ProtocolFacts;
