/**
 * kafkajs as its manual sets it up for throughput: one producer, batches of a fixed size, several of them under way, each
 * acknowledgement sends the next batch. Records no latency.
 *
 * Arguments: address topic bytes seconds batchRecords batchesInFlight
 */
import { Kafka, logLevel } from 'kafkajs';

const [address = '', topic = '', ...figures] = process.argv.slice(2);
const [bytes = 0, seconds = 1, batchRecords = 1, batchesInFlight = 1] = figures.map(Number);
const value = Buffer.alloc(bytes, 'x');
const allInSyncReplicas = -1;
const messages = Array.from({ length: batchRecords }, () => ({ value, partition: 0 }));

const kafka = new Kafka({
  clientId: 'benchmark',
  brokers: [address],
  logLevel: logLevel.NOTHING,
  retry: { retries: 0 },
});
const producer = kafka.producer({ allowAutoTopicCreation: false, maxInFlightRequests: batchesInFlight });
await producer.connect();

let acknowledged = 0;
let failed = 0;
const startedMs = performance.now();
const isOver = () => performance.now() - startedMs >= seconds * 1e3;

async function keepSending(): Promise<void> {
  while (!isOver()) {
    await producer.send({ topic, acks: allInSyncReplicas, messages }).then(
      () => {
        acknowledged += batchRecords;
      },
      () => {
        failed += batchRecords;
      },
    );
  }
}

await Promise.all(Array.from({ length: batchesInFlight }, keepSending));
const perSecond = (acknowledged * 1e3) / (performance.now() - startedMs);
process.stdout.write(`${JSON.stringify({ completed: acknowledged, failed, perSecond })}\n`);
await producer.disconnect();
