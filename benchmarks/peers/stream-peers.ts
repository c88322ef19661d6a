/** What hands the same records to the same Kafka: kafkajs used well, and Kafka's own performance tool. */
import { join } from 'node:path';
import type { LoadTool } from '../load-tool.ts';
import { lastJsonLine, type PeerCounts, peer } from './peer.ts';

export interface StreamSituation {
  /** `host:port` of the broker. */
  readonly address: string;
  /** Has one partition, so that all tools mean the same by a batch. */
  readonly topic: string;
  readonly bodyBytes: number;
  readonly batchRecords: number;
  readonly batchesInFlight: number;
}

export function plainKafkajs(situation: StreamSituation): LoadTool {
  const { address, topic, bodyBytes, batchRecords, batchesInFlight } = situation;
  return peer({
    name: 'kafkajs',
    unequal: ['Sends one batch that is prepared at the start; counts and records no latency, no ids.'],
    command: (seconds) => ({
      command: process.execPath,
      args: [
        join(import.meta.dirname, 'plain-kafkajs-client.ts'),
        ...[address, topic],
        ...[bodyBytes, seconds, batchRecords, batchesInFlight].map(String),
      ],
      env: { NODE_NO_WARNINGS: '1', KAFKAJS_NO_PARTITIONER_WARNING: '1' },
    }),
    read: lastJsonLine,
  });
}

/** The tool ends by count, not by time: so many make about a second of it on two cores, more where it is faster. */
const recordsPerSecond = 60_000;
/** Beside the records' values: keys, offsets, the batch's own header. */
const batchOverhead = 1.02;
/** Long enough for a batch to fill, too short to hold one up. */
const lingerMs = 10;

/** `jars`: the folder of Kafka's jars, kafka-tools among them. */
export function producerPerformance(
  { jars, java }: { readonly jars: string; readonly java: string },
  situation: StreamSituation,
): LoadTool {
  const { address, topic, bodyBytes, batchRecords, batchesInFlight } = situation;
  const properties = {
    'bootstrap.servers': address,
    acks: 'all',
    'batch.size': Math.ceil(batchRecords * bodyBytes * batchOverhead),
    'linger.ms': lingerMs,
    'max.in.flight.requests.per.connection': batchesInFlight,
    'enable.idempotence': false, // the others do without
  };
  return peer({
    name: 'ProducerPerformance',
    unequal: [
      'Ends after a number of records, not after a time; its buffer of 32 MiB lets more than the batches in flight wait.',
      'Its start and the compiling of its first second are not charged to it: CPU a request is the slope between two runs.',
    ],
    command: (seconds) => ({
      command: java,
      args: [
        ...['-XX:-UsePerfData', '-cp', join(jars, '*'), 'org.apache.kafka.tools.ProducerPerformance'],
        ...['--topic', topic, '--record-size', String(bodyBytes), '--throughput', '-1'],
        ...['--num-records', String(seconds * recordsPerSecond), '--command-property'],
        ...Object.entries(properties).map(([key, value]) => `${key}=${value}`),
      ],
    }),
    read: (stdout, seconds) => performanceCounts(stdout, seconds * recordsPerSecond),
  });
}

/** Of its last line, the account of the whole run; it names a failed record in a line of its own. */
export function performanceCounts(stdout: string, offered: number): PeerCounts {
  const summary = stdout.trim().split('\n').at(-1) ?? '';
  const [, acknowledged, perSecond] = /^(\d+) records sent, ([\d.]+) records\/sec .*99\.9th/.exec(summary) ?? [];
  if (acknowledged === undefined) throw new Error(`ProducerPerformance gave no summary: ${summary}`);
  return { completed: Number(acknowledged), failed: offered - Number(acknowledged), perSecond: Number(perSecond) };
}
