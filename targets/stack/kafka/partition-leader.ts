import { Admin } from '@platformatic/kafka';

const timeoutMs = 2_000;

/** The id of the broker that leads a partition; null: none does. `address`: `host:port`, or several with commas. */
export async function leaderOf(address: string, topic: string, partition: number): Promise<number | null> {
  const admin = new Admin({
    clientId: 'wirebench-leader',
    bootstrapBrokers: address.split(','),
    retries: 0,
    timeout: timeoutMs,
    connectTimeout: timeoutMs,
  });
  try {
    const { topics } = await admin.metadata({ topics: [topic] });
    const leader = topics.get(topic)?.partitions[partition]?.leader ?? -1;
    return leader < 0 ? null : leader;
  } finally {
    await admin.close().catch(() => undefined);
  }
}
