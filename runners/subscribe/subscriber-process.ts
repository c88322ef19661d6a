/**
 * A process of subscribers: opens its share of them, notes when each had what, and tells it at the end. Neither the load nor
 * the display makes it late, and a canary of its own tells how late it is itself.
 */
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import { allowDial } from '../../targets/allow-dial.ts';
import { loadProtocol } from '../../targets/registry.ts';
import { ownSubscriber } from '../../targets/settled/own-subscriber.ts';
import type { EventSink, Subscription } from '../../targets/subscriber.ts';
import { CanaryFlock } from '../canary/canary-flock.ts';
import { takeApart } from '../load/worker-error.ts';
import { WorkerHealth } from '../load/worker-health.ts';
import { DeliveryTable } from './delivery-table.ts';
import type {
  SubscribedTime,
  SubscriberCommand,
  SubscriberData,
  SubscriberPlan,
  SubscriberReport,
} from './subscriber-messages.ts';

const tickMs = 20;
/** Of all processes together. */
const canariesPerSecond = 50;

class SubscriberProcess implements EventSink {
  readonly #plan: SubscriberPlan;
  /** Each event is owed to one of all subscribers: they have one place between them. */
  readonly #isShared: boolean;
  readonly #table: DeliveryTable;
  readonly #placeOf: ReadonlyMap<number, number>;
  readonly #subscribed: { fromUs: number; toUs: number | null }[][];
  readonly #health = new WorkerHealth(tickMs);
  readonly #aborted = new AbortController();
  #subscription: Subscription | null = null;
  #canaries: CanaryFlock | null = null;
  #fromUs = Number.POSITIVE_INFINITY;
  #toUs = Number.POSITIVE_INFINITY;
  #lost = 0;
  #ticker: NodeJS.Timeout | undefined;
  #nextCanaryUs = 0;

  constructor(plan: SubscriberPlan) {
    this.#plan = plan;
    this.#isShared = plan.target.subscription === 'shared';
    this.#table = new DeliveryTable(plan.trialTag, this.#isShared ? 1 : plan.subscribers.length, plan.originUs);
    this.#placeOf = new Map(plan.subscribers.map((number, place) => [number, place]));
    this.#subscribed = plan.subscribers.map(() => []);
  }

  async open(): Promise<void> {
    const { target, through, echoPort, process: worker, processes: workers, seed } = this.#plan;
    const subscriber = target.events === undefined ? (await loadProtocol(target)).subscriber : ownSubscriber;
    if (subscriber === undefined) throw new Error(`${target.protocol} has no subscribers`);
    const context = {
      ...this.#plan,
      linkOf: through === null ? undefined : (broker: string) => through[broker] ?? broker,
    };
    this.#subscription = await subscriber.open(context, this, this.#aborted.signal);
    if (echoPort !== null) {
      const options = { port: echoPort, workers, worker, ratePerSecond: canariesPerSecond, seed };
      this.#canaries = await CanaryFlock.open(options);
      this.#canaries?.begin((dueUs) => dueUs >= this.#fromUs && dueUs < this.#toUs);
    }
    this.#ticker = setInterval(() => this.#tick(), tickMs);
  }

  measure(fromUs: number, toUs: number): void {
    this.#fromUs = fromUs;
    this.#toUs = toUs;
  }

  subscribed(subscriber: number): void {
    const times = this.#timesOf(subscriber);
    if (times.length > 0) this.#lost--;
    times.push({ fromUs: monotonicNowUs(), toUs: null });
  }

  received(subscriber: number, id: string): void {
    this.#table.add(this.#isShared ? 0 : (this.#placeOf.get(subscriber) ?? 0), id, monotonicNowUs());
  }

  lost(subscriber: number): void {
    const last = this.#timesOf(subscriber).at(-1);
    if (last === undefined || last.toUs !== null) return;
    last.toUs = monotonicNowUs();
    this.#lost++;
  }

  pause(subscribers: readonly number[]): void {
    for (const one of subscribers) this.#subscription?.pause(one);
  }

  resume(subscribers: readonly number[]): void {
    for (const one of subscribers) this.#subscription?.resume(one);
  }

  get progress() {
    return { received: this.#table.received, lastUs: this.#table.lastUs, lost: this.#lost };
  }

  async finish(path: string): Promise<SubscriberData> {
    clearInterval(this.#ticker);
    this.#aborted.abort();
    const subscribed: (readonly SubscribedTime[])[] = this.#subscribed.map((times) => times.map((one) => ({ ...one })));
    const told = {
      reconnects: this.#subscription?.reconnects() ?? 0,
      bytesRead: this.#subscription?.bytesRead?.() ?? null,
    };
    const { twice, foreign, unreadable } = this.#table;
    this.#table.writeTo(path);
    const canaries = this.#canaries?.close() ?? null;
    const health = this.#health.finish();
    await this.#subscription?.close();
    return { subscribed, twice, foreign, unreadable, ...told, health, canaries };
  }

  #timesOf(subscriber: number) {
    return this.#subscribed[this.#placeOf.get(subscriber) ?? 0] ?? [];
  }

  #tick(): void {
    const nowUs = monotonicNowUs();
    this.#health.tick(nowUs < this.#fromUs ? 'before' : nowUs < this.#toUs ? 'measuring' : 'after');
    if (nowUs < this.#nextCanaryUs) return;
    this.#nextCanaryUs = nowUs + (this.#plan.processes * 1e6) / canariesPerSecond;
    this.#canaries?.follow(nowUs, nowUs);
  }
}

const report = (message: SubscriberReport) => process.send?.(message);
const fail = (error: unknown) => report({ type: 'failed', error: takeApart(error) });
let subscribers: SubscriberProcess | null = null;

async function begin(plan: SubscriberPlan): Promise<void> {
  allowDial(plan.allowHosts, fail);
  subscribers = new SubscriberProcess(plan);
  await subscribers.open();
  report({ type: 'opened' });
}

async function finish(path: string): Promise<void> {
  const data = await subscribers?.finish(path);
  if (data !== undefined) report({ type: 'finished', data });
}

process.on('message', (command: SubscriberCommand) => {
  if (command.type === 'open') begin(command.plan).catch(fail);
  else if (command.type === 'finish') finish(command.path).catch(fail);
  else if (command.type === 'progress') {
    if (subscribers !== null) report({ type: 'progress', ...subscribers.progress });
  } else if (command.type === 'measure') subscribers?.measure(command.fromUs, command.toUs);
  else {
    subscribers?.[command.type](command.subscribers);
    report({ type: 'done' });
  }
});
process.on('disconnect', () => process.exit(0)); // the parent is gone
process.on('SIGINT', () => undefined); // Ctrl-C is the harness's to handle
