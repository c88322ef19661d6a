/** The thread that watches for the events that settle flows: neither the load nor the display makes it late. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { allowDial } from '../../targets/allow-dial.ts';
import { EvidenceWriter, evidenceKinds } from '../../targets/domain/evidence.ts';
import { formatOperationId, parseOperationId } from '../../targets/domain/operation-id.ts';
import type { EventSink, FlowObserver } from '../../targets/settled/flow-observer.ts';
import { openObserver } from '../../targets/settled/open-observer.ts';
import { takeApart } from '../load/worker-error.ts';
import type { ObserverCommand, ObserverPlan, ObserverReport } from './observer-messages.ts';

class ObserverThread implements EventSink {
  readonly #plan: ObserverPlan;
  readonly #port: MessagePort;
  readonly #evidence: EvidenceWriter;
  readonly #prefix: string;
  #observer: FlowObserver | null = null;
  #foreign = 0;
  #unreadable = 0;
  #interruptions = 0;

  constructor(plan: ObserverPlan, port: MessagePort) {
    this.#plan = plan;
    this.#port = port;
    this.#evidence = new EvidenceWriter(plan.path);
    this.#prefix = `${plan.trialTag}-`;
  }

  async open(): Promise<void> {
    this.#observer = await openObserver(this.#plan.settings, this, {
      name: `wirebench-${this.#plan.trialTag}-settled`,
    });
    this.#report({ type: 'opened' });
  }

  settled(id: string): void {
    if (id.startsWith(this.#prefix) && parseOperationId(id) !== null) {
      this.#evidence.append(evidenceKinds.settled, id, 0, '');
    } else this.#foreign++;
  }

  unreadable(): void {
    this.#unreadable++;
  }

  interrupted(): void {
    this.#interruptions++;
  }

  follow(producer: number, sequences: readonly number[]): void {
    const { trialTag } = this.#plan;
    this.#observer?.follow?.(sequences.map((sequence) => formatOperationId(trialTag, producer, sequence)));
  }

  async close(): Promise<void> {
    const polls = this.#observer?.polls?.() ?? null;
    await this.#observer?.close();
    this.#evidence.close();
    const { user, system } = process.threadCpuUsage();
    const seen = { foreign: this.#foreign, unreadable: this.#unreadable, interruptions: this.#interruptions };
    this.#report({ type: 'closed', data: { ...seen, polls, cpuUs: user + system } });
  }

  #report(report: ObserverReport): void {
    this.#port.postMessage(report);
  }
}

const input = workerData as { readonly observer?: ObserverPlan } | null;
if (parentPort !== null && input?.observer !== undefined) {
  const port = parentPort;
  const fail = (error: unknown) => {
    port.postMessage({ type: 'failed', error: takeApart(error) } satisfies ObserverReport);
  };
  allowDial(input.observer.allowHosts, fail);
  const thread = new ObserverThread(input.observer, port);
  port.on('message', (command: ObserverCommand) => {
    if (command.type === 'follow') thread.follow(command.producer, command.sequences);
    else void thread.close();
  });
  thread.open().catch(fail);
}
