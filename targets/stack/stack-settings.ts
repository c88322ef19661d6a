/** Versions and settings that the native stack and docker-compose.yml share; a test holds the two together. */
export const kafkaVersion = '4.3.1';
export const toxiproxyVersion = '2.12.0';
/** What Debian 12 ships is what runs natively; compose pins the nearest official image. */
export const rabbitmqImage = 'rabbitmq:3.10.25';
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
 * What docker-compose.yml takes from the environment, and its defaults there; a run picks free ones. All on 127.0.0.1.
 * Each Kafka link has the port where its proxy listens, which Kafka advertises, and that of the listener behind it.
 */
export const composePorts = {
  WIREBENCH_TOXIPROXY_PORT: 28474,
  WIREBENCH_RABBITMQ_PORT: 25672,
  WIREBENCH_KAFKA_PORT: 29092,
  WIREBENCH_KAFKA_CLIENT_PROXY_PORT: 29093,
  WIREBENCH_KAFKA_CLIENT_PORT: 29193,
  WIREBENCH_KAFKA_SERVICE_PROXY_PORT: 29094,
  WIREBENCH_KAFKA_SERVICE_PORT: 29194,
} as const;
export type ComposePorts = Readonly<Record<keyof typeof composePorts, number>>;
