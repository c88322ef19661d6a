/** Messages in a queue, those in flight among them: a consumer that died has them until their time is up. */
import type { BacklogGauge } from '../../backlog-gauge.ts';
import { endpointOf } from '../../driver-kit/client-socket.ts';
import { SqsCalls } from './sqs-calls.ts';
import { ownQueueUrl, SqsQueues } from './sqs-queues.ts';
import { SqsWire } from './sqs-wire.ts';

const openDeadlineMs = 2_000;

export class SqsBacklog implements BacklogGauge {
  readonly #address: string;
  readonly #url: string;
  #calls: SqsCalls | null = null;

  constructor(address: string, queue: string) {
    this.#address = address;
    this.#url = ownQueueUrl(queue);
  }

  async read(): Promise<number> {
    const endpoint = endpointOf(this.#address, undefined);
    const calls = this.#calls ?? (await this.#open());
    return new SqsQueues(calls, new SqsWire(endpoint, null)).length(this.#url);
  }

  async #open(): Promise<SqsCalls> {
    const endpoint = endpointOf(this.#address, undefined);
    const calls = new SqsCalls({ endpoint, connections: 1, peer: 'SQS' });
    try {
      await calls.open(AbortSignal.timeout(openDeadlineMs));
    } catch (error) {
      await calls.close();
      throw error;
    }
    this.#calls = calls;
    return calls;
  }

  async close(): Promise<void> {
    const calls = this.#calls;
    this.#calls = null;
    await calls?.close();
  }
}
