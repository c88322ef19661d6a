import { setTimeout as sleep } from 'node:timers/promises';
import { Admin, type AdminOptions, type CreateTopicsOptions } from '@platformatic/kafka';
import { sendFailureOf } from './send-failure.ts';

const knownWithinMs = 10_000;
const askEveryMs = 50;
/** As Kafka's protocol says it. */
const lastOffset = -1n;

type Wanted = CreateTopicsOptions & { readonly topics: string[] };

/**
 * Creates topics and waits until the brokers asked know them, and who leads takes requests: the one that created a topic
 * answers before the others, and now and then itself, would say that it exists. A topic that is there already is left as it is.
 */
export async function createTopics(options: AdminOptions, wanted: Wanted): Promise<void> {
  await withAdmin(options, async (admin) => {
    for (const topic of wanted.topics) await createTopic(admin, { ...wanted, topics: [topic] });
  });
  const asked = await Promise.allSettled(
    addressesOf(options).map((address) =>
      withAdmin({ ...options, bootstrapBrokers: [address] }, (admin) => untilKnown(admin, wanted.topics)),
    ),
  );
  // One that is down hears of them when it is back.
  if (asked.every(({ status }) => status === 'rejected'))
    throw asked.map((one) => (one as PromiseRejectedResult).reason)[0];
}

/** Rejects, naming it as `what`, when the brokers do not know it. */
export async function requireTopic(options: AdminOptions, topic: string, what: string): Promise<void> {
  try {
    await withAdmin(options, async (admin) => {
      await admin.metadata({ topics: [topic] });
    });
  } catch (error) {
    throw new Error(`${what} ${topic} is not there, or not for it: ${sendFailureOf(error).reason}`);
  }
}

function addressesOf({ bootstrapBrokers }: AdminOptions): string[] {
  return bootstrapBrokers.map((one) => (typeof one === 'string' ? one : `${one.host}:${one.port}`));
}

async function createTopic(admin: Admin, wanted: CreateTopicsOptions): Promise<void> {
  try {
    await admin.createTopics(wanted);
  } catch (error) {
    if (sendFailureOf(error).reason !== 'kafka TOPIC_ALREADY_EXISTS') throw error;
  }
}

/** Each partition's leader is asked. */
function lastOffsets(name: string, partitionsCount: number) {
  return {
    name,
    partitions: Array.from({ length: partitionsCount }, (_, partitionIndex) => ({
      partitionIndex,
      timestamp: lastOffset,
    })),
  };
}

/** A leader that is named may not know its partition yet, and would refuse what is sent to it; one that is down is not waited for. */
async function askLeaders(
  admin: Admin,
  known: ReadonlyMap<string, { readonly partitionsCount: number }>,
): Promise<void> {
  try {
    await admin.listOffsets({
      topics: [...known].map(([name, { partitionsCount }]) => lastOffsets(name, partitionsCount)),
    });
  } catch (error) {
    if (!isDown(error)) throw error;
  }
}

async function untilKnown(admin: Admin, topics: readonly string[]): Promise<void> {
  const deadline = performance.now() + knownWithinMs;
  for (;;) {
    try {
      const { topics: known } = await admin.metadata({ topics: [...topics], forceUpdate: true });
      await askLeaders(admin, known);
      return;
    } catch (error) {
      if (performance.now() > deadline || isDown(error)) throw error;
      await sleep(askEveryMs);
    }
  }
}

function isDown(error: unknown): boolean {
  return sendFailureOf(error).reason.startsWith('connection');
}

/** An admin client for this work alone. */
export async function withAdmin<Result>(
  options: AdminOptions,
  work: (admin: Admin) => Promise<Result>,
): Promise<Result> {
  const admin = new Admin(options);
  try {
    return await work(admin);
  } finally {
    await admin.close().catch(() => undefined);
  }
}
