/** Queues by name and URL, and what is asked of them now and then: a promise each, no part of the load. */
import { BenchError, exitCodes } from '../../../result/bench-error.ts';
import type { SqsCalls, SqsReply } from './sqs-calls.ts';
import type { SqsAction, SqsWire } from './sqs-wire.ts';

/** Longer than a fresh JVM on a busy machine takes for its first answers. */
const deadlineMs = 15_000;

/** Of an answer that says no, or of none. */
export class SqsRefusal extends Error {
  /** As SQS names it, without its namespace: `QueueDoesNotExist`; of no answer, what happened. */
  readonly code: string;
  /** Asking again may help. */
  readonly retryable: boolean;

  constructor(code: string, message: string, retryable: boolean) {
    super(message);
    this.code = code;
    this.retryable = retryable;
  }
}

const throttled = /Throttl|OverLimit|TooManyRequests|ServiceUnavailable|InternalError|InternalFailure/;

/** null: it is an answer. */
export function refusalIn(reply: SqsReply): SqsRefusal | null {
  if (reply.status === null) return new SqsRefusal(reply.reason, reply.reason, true);
  if (reply.status === 200) return null;
  const said = parsed(reply.body);
  const type = String(said.__type ?? '');
  const code = type === '' ? `status ${reply.status}` : type.slice(type.lastIndexOf('#') + 1);
  return new SqsRefusal(
    code,
    String(said.message ?? said.Message ?? code),
    reply.status >= 500 || throttled.test(code),
  );
}

/** What an answer holds; nothing where that is no object. */
export function parsed(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Our own ElasticMQ's: it goes by the path, and what stands before it is dialled by nobody. */
export function ownQueueUrl(name: string): string {
  return `http://sqs/000000000000/${name}`;
}

export class SqsQueues {
  readonly #calls: Pick<SqsCalls, 'request'>;
  readonly #wire: SqsWire;

  constructor(calls: Pick<SqsCalls, 'request'>, wire: SqsWire) {
    this.#calls = calls;
    this.#wire = wire;
  }

  /** Rejects with a SqsRefusal. */
  async ask(action: SqsAction, input: object): Promise<Readonly<Record<string, unknown>>> {
    const reply = await this.#calls.request(this.#wire.bytes(action, JSON.stringify(input)), deadlineMs);
    const refusal = refusalIn(reply);
    if (refusal !== null) throw refusal;
    return reply.status === null ? {} : parsed(reply.body);
  }

  /** Of ours: as it is set, or the same that is there already. */
  async create(name: string, attributes: Readonly<Record<string, string>>): Promise<string> {
    await this.ask('CreateQueue', { QueueName: name, Attributes: attributes });
    return ownQueueUrl(name);
  }

  async remove(url: string): Promise<void> {
    await this.ask('DeleteQueue', { QueueUrl: url });
  }

  async attributes(url: string, names: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const { Attributes = {} } = await this.ask('GetQueueAttributes', { QueueUrl: url, AttributeNames: names });
    return Attributes as Record<string, string>;
  }

  /** Of the user's, by name or URL. Rejects with a BenchError (exit 3) that says that it is not there, or not for us. */
  async find(queue: string): Promise<string> {
    try {
      const url = /^https?:/.test(queue)
        ? queue
        : String((await this.ask('GetQueueUrl', { QueueName: queue })).QueueUrl ?? '');
      await this.attributes(url, ['QueueArn']);
      return url;
    } catch (cause) {
      if (!(cause instanceof SqsRefusal) || cause.code !== 'QueueDoesNotExist') throw cause;
      throw new BenchError('queueMissing', `SQS has no queue ${queue}`, {
        hint: 'Create it first, or correct its name in `requests` or `reply`: those of your own system are never created here.',
        exitCode: exitCodes.stack,
        cause,
      });
    }
  }

  /** Messages in it, those that somebody has received and not deleted among them. */
  async length(url: string): Promise<number> {
    const visible = 'ApproximateNumberOfMessages';
    const inFlight = 'ApproximateNumberOfMessagesNotVisible';
    const found = await this.attributes(url, [visible, inFlight]);
    return Number(found[visible]) + Number(found[inFlight]);
  }
}
