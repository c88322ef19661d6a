/** Amazon's own SDK as what sends: the yardstick for ours. */
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SqsTarget } from '../../../scenarios/scenario.ts';
import type { DriverContext } from '../../driver.ts';
import { connectionShare } from '../../driver-kit/connection-keeper.ts';
import type { EntryEnd } from './entry-batches.ts';
import type { SqsSend, SqsSender } from './sqs-sends.ts';
import { signingOf } from './sqs-wire.ts';

/** Of ElasticMQ, which looks at none. */
const anybody = { region: 'elasticmq', credentials: { accessKeyId: 'wirebench', secretAccessKey: 'wirebench' } };

export async function openAwsSdk({ target, address, worker, workers }: DriverContext): Promise<SqsSender> {
  const { connections, address: named } = target as SqsTarget;
  const client = new SQSClient({
    ...(signingOf(target as SqsTarget) ?? anybody),
    endpoint: named === undefined ? `http://${address}` : named,
    useQueueUrlAsEndpoint: false, // the queue's URL names the broker itself, past the proxy
    maxAttempts: 1, // retries are the scenario's
    requestHandler: { httpAgent: { keepAlive: true, maxSockets: connectionShare(connections, worker, workers) } },
  });
  return new AwsSdkSender(client);
}

class AwsSdkSender implements SqsSender {
  readonly reconnects = 0;
  readonly #client: SQSClient;
  readonly #underWay = new Map<SqsSend, AbortController>();

  constructor(client: SQSClient) {
    this.#client = client;
  }

  async open(): Promise<void> {
    // It connects with its first request.
  }

  send(send: SqsSend): void {
    const stop = new AbortController();
    this.#underWay.set(send, stop);
    void this.#send(send, stop.signal).then((endOf) => {
      if (this.#underWay.delete(send)) send.ended(endOf);
    });
  }

  async #send(send: SqsSend, abortSignal: AbortSignal): Promise<(place: number) => EntryEnd> {
    const inputs = [...send.messages()].map(([place, json]) => ({ Id: String(place), ...JSON.parse(`{${json}}`) }));
    const { queueUrl: QueueUrl, isBatch } = send;
    send.sent();
    try {
      if (!isBatch) {
        const { Id: _place, ...input } = inputs[0] ?? {};
        await this.#client.send(new SendMessageCommand({ QueueUrl, ...input }), { abortSignal });
        return () => ({ code: null, retryable: false });
      }
      const { Failed = [] } = await this.#client.send(new SendMessageBatchCommand({ QueueUrl, Entries: inputs }), {
        abortSignal,
      });
      const ends = new Map(
        Failed.map(({ Id = '', Code = 'refused', SenderFault = false }) => [
          Id,
          { code: Code, retryable: !SenderFault },
        ]),
      );
      return (place) => ends.get(String(place)) ?? { code: null, retryable: false };
    } catch (error) {
      const end = endOfError(error);
      return () => end;
    }
  }

  drop(send: SqsSend): void {
    this.#underWay.get(send)?.abort();
    this.#underWay.delete(send);
  }

  async close(): Promise<void> {
    for (const send of [...this.#underWay.keys()]) this.drop(send);
    this.#client.destroy();
  }
}

const connectionReasons: Readonly<Record<string, string>> = {
  ECONNRESET: 'connection reset',
  ECONNREFUSED: 'connection refused',
  EPIPE: 'connection reset',
};

function endOfError(error: unknown): EntryEnd {
  const { name = 'error', code, $fault } = error as { name?: string; code?: string; $fault?: string };
  const reason = connectionReasons[code ?? ''] ?? name;
  return { code: reason, retryable: $fault !== 'client' };
}
