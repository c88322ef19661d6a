import { connect } from 'amqplib';
import type { Comparison } from '../comparison.ts';
import type { LoadTool } from '../load-tool.ts';
import { ours } from '../ours.ts';
import { fixedRateLengths, highestLengths, type Part, payloadBytes, ratePerSecond } from '../part.ts';
import { ensurePeers } from '../peers/peer-programs.ts';
import { javaClient, plainAmqplib } from '../peers/queue-peers.ts';
import { programVersions } from '../program-versions.ts';
import { startBroker } from '../servers/broker.ts';

const queue = 'wirebench-benchmark';
const inFlight = 500; // as in scenarios/queue-closed.yaml

export const queues: Part = {
  roundSeconds: { first: 48, later: 32 },
  task: `persistent message of 1 KiB to RabbitMQ, with confirms, one connection, ${inFlight} in flight when closed`,
  async prepare({ log, signal }) {
    const { javaQueueClient: jars } = await ensurePeers(['javaQueueClient'], log, signal);
    const { address, versions, stop } = await startBroker('rabbitmq', log, signal);
    const env = { WIREBENCH_BENCHMARK_ADDRESS: address, WIREBENCH_BENCHMARK_QUEUE: queue };
    const situation = { address, queue, bodyBytes: payloadBytes, inFlight };
    const fresh = (tool: LoadTool) => onFreshQueue(tool, address);
    const comparisons: Comparison[] = [
      {
        title: `queue at ${ratePerSecond}/s, open model, published and confirmed`,
        model: 'fixedRate',
        lengths: fixedRateLengths,
        ours: fresh(ours({ scenario: 'queue', env })),
        peers: [fresh(javaClient(jars, { ...situation, inFlight: ratePerSecond }, ratePerSecond))],
        goals: { 'Java client': 1.2 },
      },
      {
        title: 'queue, highest throughput, closed model, published, confirmed and consumed in one process',
        model: 'highest',
        lengths: highestLengths,
        ours: fresh(ours({ scenario: 'queue-consume-closed', env })),
        peers: [fresh(plainAmqplib(situation))],
        goals: { 'plain amqplib': 0.9 },
      },
      {
        title: 'queue, highest throughput, closed model, published and confirmed',
        model: 'highest',
        lengths: highestLengths,
        ours: fresh(ours({ scenario: 'queue-closed', env })),
        peers: [fresh(javaClient(jars, situation, null))],
        goals: {},
      },
    ];
    return {
      comparisons,
      versions: { ...versions, ...programVersions({}, ['javaQueueClient'], ['amqplib']) },
      stop,
    };
  },
};

/** Nobody meets what another has left in the queue. */
function onFreshQueue(tool: LoadTool, address: string): LoadTool {
  return {
    ...tool,
    async run(seconds, signal) {
      const connection = await connect(`amqp://${address}`);
      const channel = await connection.createChannel();
      await channel.deleteQueue(queue);
      await channel.assertQueue(queue, { durable: true });
      await connection.close();
      return tool.run(seconds, signal);
    },
  };
}
