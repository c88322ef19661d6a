/** A service of a chain behind its entry: it works for a while, asks those behind it, and answers. It keeps nothing. */
import type { Failpoint } from '../domain/failpoint.ts';
import type { OrderReply, OrderRequest } from '../domain/orders.ts';
import type { DomainSettings, ServiceDomain } from '../domain/service-domain.ts';
import type { ServiceOptions } from '../domain/service-options.ts';
import { workTimeFor } from '../domain/slow-work.ts';
import { FlowBehaviour } from '../flow/flow-behaviour.ts';
import type { ChainCalls } from './chain-calls.ts';

const unavailable: OrderReply = { code: 'unavailable', order: null };

export class HopDomain implements ServiceDomain {
  readonly failpoint: Failpoint;
  readonly #behaviour: FlowBehaviour;
  readonly #options: ServiceOptions;
  readonly #calls: Pick<ChainCalls, 'ask'>;

  constructor(options: ServiceOptions, failpoint: Failpoint, calls: Pick<ChainCalls, 'ask'>) {
    this.failpoint = failpoint;
    this.#behaviour = new FlowBehaviour(options);
    this.#options = options;
    this.#calls = calls;
  }

  get operations(): number {
    return this.#behaviour.operations;
  }

  resume(): void {}

  adjust(settings: DomainSettings): void {
    this.#behaviour.adjust(settings);
  }

  handle(request: OrderRequest, reply: (reply: OrderReply) => void): void {
    const behaviour = this.#behaviour;
    const { requestId, action } = request;
    if (behaviour.refuses(action) || behaviour.isFull) {
      reply(unavailable);
      return;
    }
    this.failpoint.reach('received', requestId);
    const { seed, part = 0, slow } = this.#options;
    const workTimeMs = workTimeFor(requestId, behaviour.workTimeMs, slow, { seed, part });
    behaviour.enter((leave) => {
      const answer = (done: OrderReply) => {
        leave();
        this.failpoint.reach('reply', requestId);
        reply(done);
      };
      behaviour.work(() => this.#ask(request, answer), workTimeMs);
    });
  }

  accept(request: OrderRequest, reply: (reply: OrderReply) => void): void {
    this.handle(request, reply);
  }

  refused(): void {}

  #ask({ requestId, orderId, key }: OrderRequest, answer: (reply: OrderReply) => void): void {
    this.#calls.ask(requestId, key, (failedCalls) => {
      if (failedCalls.length > 0) {
        answer({ ...unavailable, failedCalls });
        return;
      }
      this.failpoint.reach('applied', requestId);
      answer({ code: 'created', order: { id: orderId, key, payload: '', status: 'placed', version: 1 } });
    });
  }
}
