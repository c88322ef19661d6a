/** What the native Kafka and docker-compose.yml share; a test holds the two together. */
export const kafkaVersion = '4.3.1';
export const kafkaImage = `apache/kafka:${kafkaVersion}`;
export const kafkaHeap = '512m';

/** For a single broker that should neither surprise nor perturb: no topics by accident, no waiting for a group. */
export const kafkaSettings = {
  'auto.create.topics.enable': 'false',
  'group.initial.rebalance.delay.ms': '0',
  // Who is gone for so long may be taken for dead; 6 s by itself, which is long for a trial.
  'group.min.session.timeout.ms': '1000',
  'offsets.topic.replication.factor': '1',
  'offsets.topic.num.partitions': '4',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'transaction.state.log.num.partitions': '4',
  // A transaction that nobody ends is ended within a second of its time-out: who waits for it would wait ten.
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': '1000',
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
