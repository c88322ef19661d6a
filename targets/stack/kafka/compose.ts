/** Kafka's services in docker-compose.yml: one, or three of a cluster. */
import type { AdvertisedLink, ComposePart } from '../broker-part.ts';
import { kafkaClusterHeap, kafkaClusterSettings, kafkaHeap, kafkaSettings, kafkaVersion } from './settings.ts';

/** The first has id 1; what the names of their ports begin with. */
export const composeKafka = [
  { service: 'kafka', ports: 'WIREBENCH_KAFKA' },
  { service: 'kafka-2', ports: 'WIREBENCH_KAFKA_2' },
  { service: 'kafka-3', ports: 'WIREBENCH_KAFKA_3' },
] as const;

export const kafkaCompose: ComposePart = {
  /** Each link has the port where its proxy listens, which the broker advertises, and that of the listener behind it. */
  ports: {
    WIREBENCH_KAFKA_PORT: 29092,
    WIREBENCH_KAFKA_CLIENT_PROXY_PORT: 29093,
    WIREBENCH_KAFKA_CLIENT_PORT: 29193,
    WIREBENCH_KAFKA_SERVICE_PROXY_PORT: 29094,
    WIREBENCH_KAFKA_SERVICE_PORT: 29194,
    WIREBENCH_KAFKA_2_PORT: 29102,
    WIREBENCH_KAFKA_2_CLIENT_PROXY_PORT: 29103,
    WIREBENCH_KAFKA_2_CLIENT_PORT: 29203,
    WIREBENCH_KAFKA_2_SERVICE_PROXY_PORT: 29104,
    WIREBENCH_KAFKA_2_SERVICE_PORT: 29204,
    WIREBENCH_KAFKA_3_PORT: 29112,
    WIREBENCH_KAFKA_3_CLIENT_PROXY_PORT: 29113,
    WIREBENCH_KAFKA_3_CLIENT_PORT: 29213,
    WIREBENCH_KAFKA_3_SERVICE_PROXY_PORT: 29114,
    WIREBENCH_KAFKA_3_SERVICE_PORT: 29214,
  },
  services: (members) => composeKafka.slice(0, members).map(({ service }) => service),
  /** Its defaults there are those of one. */
  environment(members) {
    const isCluster = members > 1;
    const settings = isCluster ? kafkaClusterSettings : kafkaSettings;
    const voters = composeKafka.map(({ service }, n) => `${n + 1}@${service}:9094`);
    return {
      WIREBENCH_KAFKA_HOST: isCluster ? composeKafka[0].service : 'localhost',
      WIREBENCH_KAFKA_VOTERS: isCluster ? voters.join(',') : '1@localhost:9094',
      WIREBENCH_KAFKA_HEAP: isCluster ? kafkaClusterHeap : kafkaHeap,
      WIREBENCH_KAFKA_REPLICAS: settings['default.replication.factor'],
      WIREBENCH_KAFKA_MIN_ISR: settings['min.insync.replicas'],
    };
  },
  addresses(members, local) {
    const brokers = composeKafka.slice(0, members);
    const links = (name: 'CLIENT' | 'SERVICE') =>
      brokers.map(
        ({ ports }): AdvertisedLink => ({
          listen: local(`${ports}_${name}_PROXY_PORT`),
          upstream: local(`${ports}_${name}_PORT`),
        }),
      );
    return {
      address: brokers.map(({ ports }) => local(`${ports}_PORT`)).join(','),
      version: kafkaVersion,
      links: { client: links('CLIENT'), service: links('SERVICE') },
    };
  },
};
