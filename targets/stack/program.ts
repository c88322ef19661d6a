import type { GatewayName } from '../../scenarios/gateway.ts';
import type { RuntimeProgram } from '../../scenarios/service-runtime.ts';
import type { RunCommand } from './command-runner.ts';
import type { BrokerName } from './stack.ts';

export type ProgramName = 'toxiproxy' | BrokerName | GatewayName | RuntimeProgram | 'nats-server' | 'ghz';

/** Where a program is, and how to get it. */
export interface Program {
  readonly name: ProgramName;
  readonly title: string;
  readonly version: string;
  /** Path to start it with; null when it is not here. */
  find(): Promise<string | null>;
  /** Programs that installing it takes. */
  readonly needs: readonly string[];
  /** What a person would type. */
  readonly commands: readonly string[];
  /** Roughly, so that nobody waits in the dark. */
  readonly cost: string;
  /** Only targets that ask for it need it: what runs where it is not to be had. Left out: every run needs it. */
  readonly withoutIt?: string;
  install(runCommand: RunCommand): Promise<void>;
}
