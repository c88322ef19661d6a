/** What a kind of fault is: a declarative window with an action, its undoing, and proof that it acted. */
import type { Protocol, SettingValue } from '../../result/result-types.ts';
import type { FaultWindow } from '../../scenarios/scenario.ts';
import type { Link } from '../../targets/stack/stack.ts';
import type { ToxiproxyClient } from '../../targets/stack/toxiproxy-client.ts';

export interface FaultContext {
  readonly protocol: Protocol;
  readonly toxiproxy: ToxiproxyClient;
  /** The one this window acts on; a window on both links is carried out once for each. */
  readonly link: Link;
  /** Unique among the windows of the trial. */
  readonly id: string;
  /** Round trip through the link before the first fault; null when no probe was answered. */
  readonly calmRoundTripUs: number | null;
}

export type FaultProof = Readonly<Record<string, string | number | boolean | null>>;

export interface FaultKind<Window extends FaultWindow> {
  apply(window: Window, context: FaultContext): Promise<void>;
  undo(window: Window, context: FaultContext): Promise<void>;
  /** Looks while the fault is in force; null: it could not be shown to act. */
  prove(window: Window, context: FaultContext): Promise<FaultProof | null>;
  /** What a reader should expect of it on this protocol, in one sentence. */
  expected(window: Window, protocol: Protocol): string;
  /** For the display: `latency 40 ms`. */
  label(window: Window): string;
  settings(window: Window): Readonly<Record<string, SettingValue>>;
}
