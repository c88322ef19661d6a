/** What a transactional service leaves in its output topic, killed and taken for dead: as Kafka's own consumer is given it. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { StreamTarget } from '../../scenarios/scenario.ts';
import { directStream } from '../driver-suite/direct-targets.ts';
import { handOverRig } from '../driver-suite/hand-over-rig.ts';
import { until } from '../process/until.ts';
import { kafkaProgram } from '../stack/kafka/program.ts';
import { streamOutputs } from './output-topic.ts';
import { idHeader } from './stream-headers.ts';

const open = handOverRig('exactly-once');
const orders = 200;
const target: StreamTarget = {
  ...{
    ...directStream,
    instances: 2,
    partitions: 4,
    produces: true,
    commit: 'transaction',
    transactionTimeoutMs: 2_000,
  },
  group: { member: 'static', assignment: 'eager', sessionTimeoutMs: 2_000 },
};

it('is each order once, whoever was killed before a commit, and whoever goes on after it was taken for dead', async () => {
  const { services, session, names, broker } = await open(target, { workTimeMs: 2 }, 2);
  const [killed, zombie] = services;
  await killed.arm({ point: 'ack', nth: 15 });
  const died = new Promise<void>((resolve) => killed.process.onExit(() => resolve()));
  for (let n = 0; n < orders; n++) {
    await session.run('placeOrder');
    if (n === orders / 2) zombie?.process.pause();
    await sleep(5);
  }
  await died;
  await killed.restart();
  await sleep(4_000);
  zombie?.process.resume();
  const signal = AbortSignal.timeout(60_000);
  const read = await streamOutputs.read(broker, [names], { expected: orders, signal });
  const seenByKafka = await idsReadBy(await consoleConsumer(broker, names.outputs ?? ''));
  expect(read).toMatchObject({ isWhole: true, committed: { extra: 0 } });
  expect(read.committed.operations.count).toBe(orders);
  expect(read.written).toBeGreaterThan(orders); // those of the transaction that the kill left open
  expect(seenByKafka).toHaveLength(orders);
  expect(new Set(seenByKafka).size).toBe(orders);
  await session.close();
  await Promise.all(services.map((service) => service.stop()));
}, 120_000);

it('is refused by the group, with what is the matter, where a session is shorter than the broker lets it be', async () => {
  const short: StreamTarget = {
    ...target,
    group: { member: 'static', assignment: 'eager', sessionTimeoutMs: 500 },
  };
  await expect(open(short, {}, 1)).rejects.toThrow(/could not start: .*session timeout/i);
}, 60_000);

/** Of Kafka itself, read-committed: a line a record. */
async function consoleConsumer(broker: string, topic: string): Promise<string> {
  const jars = await until('Kafka is installed', () => kafkaProgram.find());
  const { stdout } = await promisify(execFile)('java', [
    ...['-cp', join(jars, '*'), 'org.apache.kafka.tools.consumer.ConsoleConsumer', '--bootstrap-server', broker],
    ...['--topic', topic, '--from-beginning', '--isolation-level', 'read_committed', '--timeout-ms', '8000'],
    ...['--formatter-property', 'print.headers=true', '--formatter-property', 'print.value=false'],
  ]).catch((error: { stdout?: string }) => ({ stdout: error.stdout ?? '' })); // its time-out ends it with a failure
  return stdout;
}

function idsReadBy(lines: string): string[] {
  return [...lines.matchAll(new RegExp(`${idHeader}:([^\\s,]+)`, 'g'))].flatMap(([, id]) => id ?? []);
}
