/** Versions and settings that the native stack and docker-compose.yml share; a test holds the two together. */
export const kafkaVersion = '4.3.1';
export const toxiproxyVersion = '2.12.0';
/** The series that its makers care for. Natively runs what the system ships, Debian 12's 3.10; this one was not run here. */
export const rabbitmqImage = 'rabbitmq:4.2.5';
export const kafkaImage = `apache/kafka:${kafkaVersion}`;
export const toxiproxyImage = `ghcr.io/shopify/toxiproxy:${toxiproxyVersion}`;

export const kafkaHeap = '512m';

/** For a single broker that should neither surprise nor perturb: no topics by accident, no waiting for a group. */
export const kafkaSettings = {
  'auto.create.topics.enable': 'false',
  'group.initial.rebalance.delay.ms': '0',
  'offsets.topic.replication.factor': '1',
  'offsets.topic.num.partitions': '4',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'default.replication.factor': '1',
  'min.insync.replicas': '1',
  'message.max.bytes': '20971520',
  'log.retention.hours': '1',
} as const;

/** What differs with three brokers: everything on all of them, two are enough to go on. */
export const kafkaClusterSettings = {
  'offsets.topic.replication.factor': '3',
  'transaction.state.log.replication.factor': '3',
  'transaction.state.log.min.isr': '2',
  'default.replication.factor': '3',
  'min.insync.replicas': '2',
} as const;
export const kafkaClusterHeap = '320m';

/** Alarms would block publishers because of the machine, not of the broker. */
export const rabbitmqSettings = {
  'vm_memory_high_watermark.relative': '0.6',
  'disk_free_limit.absolute': '50MB',
  heartbeat: '60',
  'log.console': 'true',
  'log.console.level': 'warning',
  'log.file': 'false',
} as const;

/**
 * The ports that docker-compose.yml takes from the environment, and its defaults there; a run picks free ones. All on
 * 127.0.0.1. Each link of a Kafka broker has the port where its proxy listens, which the broker advertises, and that of the
 * listener behind it.
 */
export const composePorts = {
  WIREBENCH_TOXIPROXY_PORT: 28474,
  WIREBENCH_RABBITMQ_PORT: 25672,
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
} as const;
export type ComposePorts = Readonly<Record<keyof typeof composePorts, number>>;

/** Kafka's services there, the first has id 1, and what the names of their ports begin with. */
export const composeKafka = [
  { service: 'kafka', ports: 'WIREBENCH_KAFKA' },
  { service: 'kafka-2', ports: 'WIREBENCH_KAFKA_2' },
  { service: 'kafka-3', ports: 'WIREBENCH_KAFKA_3' },
] as const;
/** Of the services beyond the first. */
export const composeClusterProfile = 'cluster';

/** What else docker-compose.yml takes from the environment, for one broker or three; its defaults are those of one. */
export function composeKafkaSettings(isCluster: boolean): Readonly<Record<string, string>> {
  const settings = isCluster ? kafkaClusterSettings : kafkaSettings;
  const voters = composeKafka.map(({ service }, n) => `${n + 1}@${service}:9094`);
  return {
    WIREBENCH_KAFKA_HOST: isCluster ? composeKafka[0].service : 'localhost',
    WIREBENCH_KAFKA_VOTERS: isCluster ? voters.join(',') : '1@localhost:9094',
    WIREBENCH_KAFKA_HEAP: isCluster ? kafkaClusterHeap : kafkaHeap,
    WIREBENCH_KAFKA_REPLICAS: settings['default.replication.factor'],
    WIREBENCH_KAFKA_MIN_ISR: settings['min.insync.replicas'],
  };
}
