/** The life of a reference service process: options in by IPC, ready out, stop in; it ends when its parent does. */
import { crc32 } from 'node:zlib';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import { snapshotEvery } from '../../scenarios/state-settings.ts';
import { allowDial } from '../allow-dial.ts';
import type { ChainCalls } from '../chain/chain-calls.ts';
import { type OverflowCounts, Publications } from '../publish/publications.ts';
import type { EventLog, OrderEvent } from './event-log.ts';
import { EvidenceWriter, evidenceKinds } from './evidence.ts';
import { type ArmedFailpoint, Failpoint } from './failpoint.ts';
import { openStore } from './open-store.ts';
import { OrderDomain, type OrderDomainOptions } from './order-domain.ts';
import type { OrderStore, StoreFailures, StoreOptions } from './order-store.ts';
import type { OrderRequest } from './orders.ts';
import type { RebuildReport } from './rebuild-report.ts';
import type { DomainSettings, FlowDomain, PendingWork, ServiceDomain } from './service-domain.ts';
import type { ServiceOptions } from './service-options.ts';
import { type ServiceStall, stallOnce } from './service-stall.ts';

/** Requests of a service to a broker that is paid by them. */
export interface BrokerRequests {
  readonly receives: number;
  readonly deletes: number;
  /** What was given back before its time-out. */
  readonly returns: number;
  readonly replies: number;
}

/** Of a consumer group: a member; gone as members of its kind go; gone, and the group knows. */
export type MemberPlace = 'in' | 'away' | 'out';

export interface HostedService {
  /** Of a consumer group: how often the service joined anew. Left out: there is none. */
  rebalances?(): number;
  /** So far. Left out: its broker is not paid by them. */
  brokerRequests?(): BrokerRequests;
  /** Gives back to the broker what it holds, and takes no more. Left out: it holds nothing that the broker does not count. */
  release?(): Promise<void>;
  /** Whether it takes messages from its broker, from now on and on every connection. Left out: it has none. */
  consume?(isOn: boolean): Promise<void>;
  /** Resolves when it is there or gone. Left out: it is in no group. */
  member?(place: MemberPlace): Promise<void>;
  close(): Promise<void>;
}

/** Where the log of a service is, of which the target says that its state is one. */
export type LogOf = (options: ServiceOptions) => EventLog;

/** `publications`: what is pushed to those that listen; null: nothing is published. */
export type ServiceStart = (
  domain: ServiceDomain,
  options: ServiceOptions,
  publications: Publications | null,
) => Promise<HostedService>;

export type ReferenceServiceSettings = DomainSettings;

/** Messages of the parent. */
export type ServiceCommand =
  | { readonly type: 'start'; readonly options: ServiceOptions }
  | { readonly type: 'adjust'; readonly settings: ReferenceServiceSettings }
  /** null: disarm. */
  | { readonly type: 'arm'; readonly failpoint: ArmedFailpoint | null }
  /** `zeroUs`: monotonic time at which warm-up will be over. */
  | { readonly type: 'loadStarts'; readonly zeroUs: number }
  | { readonly type: 'release' }
  | { readonly type: 'consume'; readonly isOn: boolean }
  | { readonly type: 'member'; readonly place: MemberPlace }
  | { readonly type: 'pending' }
  | { readonly type: 'stop' };

/** `chargedCents`: over all accounts; null: see OrderStore. `rebalances`: see HostedService; null: no group. */
export interface LastWords {
  readonly chargedCents: number | null;
  readonly rebalances: number | null;
  /** Requests taken up, refused ones included: what was asked of it. */
  readonly operations: number;
  /** null: see HostedService. */
  readonly brokerRequests: BrokerRequests | null;
  /** Requests that its store could not keep. */
  readonly storeFailures: StoreFailures;
  /** Left out: it publishes nothing. */
  readonly overflow?: OverflowCounts;
}

/** Messages to the parent. `operations`: taken up so far, refused ones included. */
export type ServiceReport =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'adjusted'; readonly operations: number }
  | { readonly type: 'armed' }
  | { readonly type: 'released' }
  | { readonly type: 'consuming' }
  | { readonly type: 'placed' }
  | ({ readonly type: 'pending' } & PendingWork)
  | { readonly type: 'rebuilt'; readonly report: RebuildReport }
  /** Its last words, of what was since this process started. */
  | ({ readonly type: 'stopped' } & LastWords);

/**
 * Runs `start` once the options are here. Call it as the last statement of a service module that is a process's entry.
 * `logOf`: left out where no target can ask for a log.
 */
export function hostService(start: ServiceStart, logOf?: LogOf): void {
  const send = (report: ServiceReport) => process.send?.(report);
  let service: HostedService | undefined;
  let evidence: EvidenceWriter | undefined;
  let stall: ServiceStall | undefined;
  let domain: ServiceDomain | undefined;
  let flow: FlowDomain | undefined;
  let store: OrderStore | undefined;
  let calls: ChainCalls | undefined;
  let publications: Publications | null = null;

  const begin = async (options: ServiceOptions) => {
    stall = options.stall;
    allowDial(options.allowHosts ?? [], ({ message }) => send({ type: 'failed', message }));
    try {
      const { evidencePath, statePath = `${evidencePath}.state`, part = 0, population, target } = options;
      evidence = new EvidenceWriter(evidencePath, part);
      const failpoint = new Failpoint(evidence);
      if (options.chain !== undefined) {
        const { ChainCalls } = await import('../chain/chain-calls.ts');
        calls = await ChainCalls.open(options.chain, options.calls ?? {});
      }
      if (options.flow === undefined && calls !== undefined && options.chain?.isEntry === false) {
        const { HopDomain } = await import('../chain/hop-domain.ts');
        domain = new HopDomain(options, failpoint, calls);
      } else if (options.flow === undefined) {
        const beforeCommit = (requestId: string) => failpoint.reach('beforeCommit', requestId);
        const storeOptions = { statePath, part, population, beforeCommit };
        store =
          target.state === 'log' && logOf !== undefined
            ? await openLogStore(logOf(options), options, storeOptions, evidence, send)
            : await openStore(target.store ?? 'memory', storeOptions);
        const ask: OrderDomainOptions['ask'] = calls && ((id, key, done) => calls?.ask(id, key, done));
        publications = options.push === undefined ? null : new Publications(options.push);
        const publish = publications === null ? undefined : publishOn(publications);
        domain = new OrderDomain({ ...options, evidence, failpoint, store, ask, publish });
      } else {
        const { openFlowDomain } = await import('../flow/open-flow-domain.ts');
        flow = await openFlowDomain({ ...options, flow: options.flow, statePath }, evidence, failpoint);
        domain = flow;
      }
      domain.resume();
      service = await start(domain, options, publications);
      send({ type: 'ready' });
    } catch (error) {
      send({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    }
  };
  let isOver = false;
  /** From here on nothing is done any more, so that what is on record and what is in the state are of one moment. */
  const finish = () => {
    if (isOver) return;
    isOver = true;
    const words: LastWords = {
      chargedCents: store?.chargedCents ?? null,
      rebalances: service?.rebalances?.() ?? null,
      operations: domain?.operations ?? 0,
      brokerRequests: service?.brokerRequests?.() ?? null,
      storeFailures: store?.failures ?? flow?.storeFailures ?? { requests: 0, why: '' },
      ...(publications !== null && { overflow: publications.overflow }),
    };
    try {
      store?.close();
    } catch (error) {
      process.stderr.write(`its state is not known: ${String(error)}\n`); // no file says so to the parent
    }
    evidence?.close();
    process.send?.({ type: 'stopped', ...words } satisfies ServiceReport, () => process.exit(0));
  };
  const end = async () => {
    // A peer that never closes must not keep the process: the parent's own deadline comes later than this one.
    setTimeout(finish, 1500).unref();
    await service?.close().catch(() => undefined);
    await flow?.close().catch(() => undefined);
    await calls?.close().catch(() => undefined);
    await store?.end?.().catch(() => undefined);
    finish();
  };

  const release = async () => {
    await service?.release?.().catch(() => undefined);
    send({ type: 'released' });
  };
  const consume = async (isOn: boolean) => {
    await service?.consume?.(isOn).catch(() => undefined);
    send({ type: 'consuming' });
  };
  const member = async (place: MemberPlace) => {
    await service?.member?.(place).catch(() => undefined);
    send({ type: 'placed' });
  };
  const tellPending = async () => {
    send({ type: 'pending', ...((await flow?.pending()) ?? { inHand: [], queued: null }) });
  };

  process.on('message', (command: ServiceCommand) => {
    if (command.type === 'start') void begin(command.options);
    else if (command.type === 'adjust') {
      domain?.adjust(command.settings);
      send({ type: 'adjusted', operations: domain?.operations ?? 0 });
    } else if (command.type === 'arm') {
      domain?.failpoint.arm(command.failpoint);
      send({ type: 'armed' });
    } else if (command.type === 'release') void release();
    else if (command.type === 'consume') void consume(command.isOn);
    else if (command.type === 'member') void member(command.place);
    else if (command.type === 'pending') void tellPending();
    else if (command.type === 'stop') void end();
    else if (stall !== undefined) stallOnce(stall, command.zeroUs);
  });
  process.on('disconnect', () => process.exit(0)); // the parent is gone
  process.on('SIGINT', () => undefined); // Ctrl-C is the harness's to handle
}

/** Its process begins with it. */
async function openLogStore(
  log: EventLog,
  { target, history = 0, idempotent = false }: ServiceOptions,
  options: StoreOptions,
  evidence: EvidenceWriter,
  send: (report: ServiceReport) => void,
): Promise<OrderStore> {
  const { LogStore } = await import('./log-store.ts');
  let batches = 0;
  return LogStore.open(log, {
    ...options,
    ...{ snapshotEvery: snapshotEvery(target), history, remembers: idempotent, startedUs: monotonicNowUs() },
    logged: (events) => putOnRecord(evidence, events, ++batches % 256),
    rebuilt: (report) => send({ type: 'rebuilt', report }),
  });
}

/** Before they leave: what an append that nobody lived to see the end of may have left in the log. */
function putOnRecord(evidence: EvidenceWriter, events: readonly OrderEvent[], batch: number): void {
  for (const event of events) {
    const payload = 'payload' in event ? event.payload : '';
    evidence.hold(evidenceKinds.logged, event.request, crc32(payload), keyOf(event), 0, batch);
  }
  evidence.flush();
}

function keyOf(event: OrderEvent): string {
  if (event.type === 'placed') return event.key || event.id;
  return event.type === 'paid' ? event.account : event.id;
}

function publishOn(publications: Publications): (request: OrderRequest) => void {
  return ({ requestId, payload }) => publications.publish({ id: requestId, payload });
}
