/** What an answer of an HTTP service means, whichever client and version brought it: the end of its attempt, or another hop. */
import type { HttpCounts } from '../../result/result-types.ts';
import type { RestRequest, RestTarget } from '../../scenarios/scenario.ts';
import { type DriverContext, type Outcome, outcomes } from '../driver.ts';
import type { BodyCodec } from '../driver-kit/body-codec.ts';
import { type Endpoint, endpointOf } from '../driver-kit/client-socket.ts';
import { connectionShare } from '../driver-kit/connection-keeper.ts';
import type { TakeAnswer } from './cache/cached-session.ts';
import { ForeignOrigins } from './foreign-origins.ts';
import { type Hop, Redirects } from './redirects.ts';
import type { AnswerSource } from './rest-connection.ts';

const statuses = 1_000;
const retryableStatuses: readonly number[] = [429, 502, 503, 504];

interface Ending {
  readonly outcome: Outcome;
  readonly reason: string;
  readonly retryable: boolean;
}

export interface AnswerJudgeOptions {
  readonly context: DriverContext;
  readonly codec: BodyCodec | null;
  /** null: nobody looks at what answers hold. */
  readonly take: TakeAnswer | null;
  /** Sends a hop to the target itself. */
  readonly again: (slot: number) => void;
}

export class AnswerJudge {
  readonly #options: AnswerJudgeOptions;
  /** expected[operation][status] */
  readonly #expected: readonly Uint8Array[];
  readonly #redirects: Redirects | null;
  readonly #foreign: ForeignOrigins;
  /** Connections opened while the load went on. */
  handshakes = 0;

  constructor(options: AnswerJudgeOptions) {
    const { context, codec } = options;
    const { operations, target, address, worker, workers } = context;
    this.#options = options;
    this.#expected = operations.map(({ request }) => {
      const expected = new Uint8Array(statuses);
      for (const status of (request as RestRequest).expect.status) expected[status] = 1;
      return expected;
    });
    const endpoint: Endpoint = endpointOf(address, target.address, target.tls);
    this.#redirects = Redirects.of(context, endpoint);
    this.#foreign = new ForeignOrigins({
      ...{ codec, tls: target.tls, most: connectionShare((target as RestTarget).connections, worker, workers) },
      listener: {
        answered: (connection, slot, status, retryAfterMs) => this.answered(slot, status, retryAfterMs, connection),
        failed: (slot, reason, connection) => this.failed(slot, reason, connection),
        opened: () => this.handshakes++,
      },
    });
  }

  /** The request that the slot is at; undefined: the scenario's own. */
  hop(slot: number): Hop | undefined {
    return this.#redirects?.hop(slot);
  }

  answered(slot: number, status: number, retryAfterMs: number, answer: AnswerSource): void {
    const { context, take } = this.#options;
    const { sink, tellsAll } = context;
    const tell = () => answer.failureDetail?.() ?? null;
    if (answer.deprecation) sink.deprecated?.(slot, answer.deprecation, answer.sunset ?? null);
    if (this.#expected[context.calls[slot]?.operation ?? 0]?.[status] === 1) {
      this.#redirects?.forget(slot);
      take?.(slot, status, answer);
      sink.completed(slot, outcomes.ok, '', false, tellsAll ? tell : undefined);
      return;
    }
    const next = this.#redirects?.next(slot, status, answer.location ?? null) ?? null;
    if (next !== null && typeof next !== 'string') {
      this.#follow(slot, next);
      return;
    }
    this.#redirects?.forget(slot);
    const retryable = retryableStatuses.includes(status);
    if (retryable && retryAfterMs > 0) sink.retryAfter(slot, retryAfterMs);
    sink.completed(slot, outcomes.rejected, next ?? `status ${status}`, retryable, tell);
  }

  #follow(slot: number, hop: Hop): void {
    if (hop.isForeign) this.#foreign.send(slot, hop);
    else this.#options.again(slot);
  }

  failed(slot: number, reason: string, answer: AnswerSource | null): void {
    this.ended(slot, { outcome: outcomes.failed, reason, retryable: true }, answer);
  }

  /** Without an answer that could be judged. */
  ended(slot: number, { outcome, reason, retryable }: Ending, answer: AnswerSource | null): void {
    this.#redirects?.forget(slot);
    const tell = () => answer?.failureDetail?.() ?? null;
    this.#options.context.sink.completed(slot, outcome, reason, retryable, tell);
  }

  /** Nobody waits for it any more. */
  forget(slot: number): void {
    if (this.#redirects?.hop(slot)?.isForeign) this.#foreign.abort(slot);
    this.#redirects?.forget(slot);
  }

  counts(): HttpCounts {
    const redirects = this.#redirects?.followed;
    return { handshakes: this.handshakes, ...(redirects !== undefined && { redirects }) };
  }

  close(): Promise<void> {
    return this.#foreign.close();
  }
}
