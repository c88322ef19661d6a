/** Who leads a queue, by the management API: of a quorum queue the leader of its Raft group, of a classic one where it is. */
import { firstThatAnswers } from '../../first-that-answers.ts';
import { nodeIdIn } from './plan-nodes.ts';

const timeoutMs = 2_000;
const authorization = `Basic ${Buffer.from('guest:guest').toString('base64')}`;

interface QueueAnswer {
  readonly leader?: string;
  readonly node?: string;
}

/** The id of the node; null: none is known. `addresses`: `host:port` of management APIs, asked in turn until one answers. */
export async function queueLeader(addresses: string, queue: string): Promise<number | null> {
  return firstThatAnswers(addresses.split(','), async (address) => {
    const response = await fetch(`http://${address}/api/queues/%2F/${encodeURIComponent(queue)}`, {
      headers: { authorization },
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) throw new Error(`RabbitMQ’s management API answers with status ${response.status}`);
    const { leader, node } = (await response.json()) as QueueAnswer;
    return nodeIdIn(leader ?? node ?? '');
  });
}
