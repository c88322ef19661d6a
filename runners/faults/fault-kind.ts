/** What a kind of fault is: a declarative window with an action, its undoing, and proof that it acted. */
import type { SettingValue } from '../../result/result-types.ts';
import type { ProtocolFacts } from '../../scenarios/protocols/protocol-facts.ts';
import type { FaultWindow, LinkFault, PartFault } from '../../scenarios/scenario.ts';
import type { ArmedFailpoint } from '../../targets/domain/failpoint.ts';
import type { MemberPlace, ReferenceServiceSettings } from '../../targets/domain/host-service.ts';
import type { RebuildReport } from '../../targets/domain/rebuild-report.ts';
import type { SupervisedProcess } from '../../targets/process/supervised-process.ts';
import type { Link } from '../../targets/stack/stack.ts';
import type { ToxiproxyClient } from '../../targets/stack/toxiproxy-client.ts';

interface FaultContext {
  /** Of what is spoken there. */
  readonly facts: ProtocolFacts;
  /** Unique among the windows of the trial. */
  readonly id: string;
}

export interface LinkFaultContext extends FaultContext {
  readonly toxiproxy: ToxiproxyClient;
  /** The one this window acts on; a window on both links is carried out once for each. */
  readonly link: Link;
  /** Round trip through the link before the first fault; null when no probe was answered. */
  readonly calmRoundTripUs: number | null;
}

/** A process that faults may act on. */
export interface FaultPart {
  /** For messages: `service`, `rabbitmq`. */
  readonly name: string;
  readonly process: SupervisedProcess;
  /** Starts it again after a kill; resolves when it is ready: a real round trip, or its own word. */
  restart(): Promise<void>;
  /** Of several: takes the one that is to be hit now; `process` is its from then on. */
  choose?(): Promise<void>;
  /** Which it was. */
  chosen?(): FaultProof;
  /** Who took over from it, looked for at most so long. */
  after?(withinMs: number): Promise<FaultProof>;
  /** What was seen of it once it was back. */
  back?(): FaultProof;
  /** It goes on, or will not be restarted any more: nothing need wait for it. */
  abandon?(): void;
  /** Of our reference services only. See RunningService. */
  readonly arm?: (failpoint: ArmedFailpoint | null) => Promise<void>;
  /** Of a service that ended itself at a failpoint: with which operation. */
  readonly died?: () => FaultProof;
  /** Of our reference service only. Resolves with the number of operations it has taken up so far. */
  readonly adjust?: (settings: ReferenceServiceSettings) => Promise<number>;
  /** Of a service whose state is a log: how it was folded since the last start, once it was. Rejects when it takes too long. */
  readonly rebuilt?: (signal: AbortSignal) => Promise<RebuildReport>;
  /** Of subscribers only: whether these read their sockets, by number; and how many there are. */
  readonly read?: (isOn: boolean, subscribers: readonly number[]) => Promise<void>;
  readonly subscribers?: number;
  /** Of our reference services behind a broker only: whether they take messages from it. */
  readonly consume?: (isOn: boolean) => Promise<void>;
  /** Of our reference services that are members of a consumer group only. See RunningService. */
  readonly member?: (place: MemberPlace) => Promise<void>;
}

export interface PartFaultContext extends FaultContext {
  readonly part: FaultPart;
  /** How the service behaves without a fault. */
  readonly usual: { readonly workTimeMs: number; readonly rejectRatio: number };
}

export type FaultProof = Readonly<Record<string, string | number | boolean | null>>;

export interface FaultKind<Window extends FaultWindow, Context> {
  /** Before the load: what is so until the window begins. Left out: all is as usual. */
  ready?(window: Window, context: Context): Promise<void>;
  apply(window: Window, context: Context): Promise<void>;
  /** While it is in force: from now on as large as this window says. Of kinds that may grow. */
  resize?(window: Window, context: Context): Promise<void>;
  /** What was seen meanwhile adds to the proof. Once `signal` has aborted, only what outlives the run must be undone. */
  undo(window: Window, context: Context, signal: AbortSignal): Promise<FaultProof | undefined>;
  /** Looks while the fault is in force; null: it could not be shown to act. */
  prove(window: Window, context: Context): Promise<FaultProof | null>;
  /** What a reader should expect of it on this protocol, in one sentence. */
  expected(window: Window, facts: ProtocolFacts): string;
  /** For the display: `latency 40 ms`. */
  label(window: Window): string;
  settings(window: Window): Readonly<Record<string, SettingValue>>;
}

export type LinkFaultKind<Window extends LinkFault> = FaultKind<Window, LinkFaultContext>;
export type PartFaultKind<Window extends PartFault> = FaultKind<Window, PartFaultContext>;
