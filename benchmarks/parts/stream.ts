import { Admin } from '@platformatic/kafka';
import { onPath } from '../../targets/process/on-path.ts';
import { programs } from '../../targets/stack/programs.ts';
import { createTopics } from '../../targets/stream/create-topics.ts';
import type { Comparison } from '../comparison.ts';
import type { LoadTool } from '../load-tool.ts';
import { ours } from '../ours.ts';
import { highestLengths, type Part, payloadBytes } from '../part.ts';
import { plainKafkajs, producerPerformance } from '../peers/stream-peers.ts';
import { programVersions } from '../program-versions.ts';
import { startBroker } from '../servers/broker.ts';

const topic = 'wirebench-benchmark';
const batchRecords = 768; // a fifth of the users of scenarios/stream-closed.yaml
const batchesInFlight = 5; // as many as our producer, and Kafka's own, has by default

export const stream: Part = {
  roundSeconds: { first: 28, later: 28 },
  task: `record of 1 KiB to Kafka, acks=all, one partition, batches of ${batchRecords}, ${batchesInFlight} in flight`,
  async prepare({ log, signal }) {
    const { address, versions, stop } = await startBroker('kafka', log, signal);
    const env = { WIREBENCH_BENCHMARK_ADDRESS: address, WIREBENCH_BENCHMARK_TOPIC: topic };
    const situation = { address, topic, bodyBytes: payloadBytes, batchRecords, batchesInFlight };
    const java = { jars: (await programs.kafka.find()) ?? '', java: onPath('java') ?? 'java' };
    const comparisons: Comparison[] = [
      {
        title: 'stream, highest throughput, closed model, batched and acknowledged',
        model: 'highest',
        lengths: highestLengths,
        ours: onFreshTopic(ours({ scenario: 'stream-closed', env }), address),
        peers: [plainKafkajs(situation), producerPerformance(java, situation)].map((tool) =>
          onFreshTopic(tool, address),
        ),
        goals: { kafkajs: 3, ProducerPerformance: 3 },
      },
    ];
    return {
      comparisons,
      versions: { ...versions, ...programVersions({}, [], ['kafkajs', '@platformatic/kafka']) },
      stop,
    };
  },
};

/** Each run begins with an empty log; what the one before has left is off the disk at once. */
function onFreshTopic(tool: LoadTool, address: string): LoadTool {
  return {
    ...tool,
    async run(seconds, signal) {
      const options = { clientId: 'benchmark', bootstrapBrokers: [address] };
      const admin = new Admin(options);
      try {
        if ((await admin.listTopics()).includes(topic)) await admin.deleteTopics({ topics: [topic] });
      } finally {
        await admin.close();
      }
      const configs = [{ name: 'file.delete.delay.ms', value: '0' }];
      await createTopics(options, { topics: [topic], partitions: 1, replicas: 1, configs });
      return tool.run(seconds, signal);
    },
  };
}
