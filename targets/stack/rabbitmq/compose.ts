/** RabbitMQ's services in docker-compose.yml: one, or three of a cluster. */
import type { ComposePart } from '../broker-part.ts';

/** The first is joined by the others. */
export const composeRabbitmq = [
  { service: 'rabbitmq', port: 'WIREBENCH_RABBITMQ_PORT' },
  { service: 'rabbitmq-2', port: 'WIREBENCH_RABBITMQ_2_PORT' },
  { service: 'rabbitmq-3', port: 'WIREBENCH_RABBITMQ_3_PORT' },
] as const;

export const rabbitmqCompose: ComposePart = {
  ports: { WIREBENCH_RABBITMQ_PORT: 25672, WIREBENCH_RABBITMQ_2_PORT: 25682, WIREBENCH_RABBITMQ_3_PORT: 25692 },
  services: (members) => composeRabbitmq.slice(0, members).map(({ service }) => service),
  environment: () => ({}),
  addresses: (members, local) => ({
    address: composeRabbitmq
      .slice(0, members)
      .map(({ port }) => local(port))
      .join(','),
  }),
};
