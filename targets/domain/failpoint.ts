/** Ends this process at a chosen moment of an operation's life: what would have come next has not happened. */
import { type FailpointName, failpoints } from '../../scenarios/failpoints.ts';
import { type EvidenceWriter, evidenceKinds } from './evidence.ts';

export interface ArmedFailpoint {
  readonly point: FailpointName;
  /** The how manieth operation that reaches it from now on, from 1. */
  readonly nth: number;
}

export class Failpoint {
  readonly #evidence: Pick<EvidenceWriter, 'append'>;
  readonly #die: () => void;
  #armed: ArmedFailpoint | null = null;
  #reached = 0;

  /** `die`: does not return in a real service. */
  constructor(evidence: Pick<EvidenceWriter, 'append'>, die: () => void = killThisProcess) {
    this.#evidence = evidence;
    this.#die = die;
  }

  /** null: none any more. */
  arm(armed: ArmedFailpoint | null): void {
    this.#armed = armed;
    this.#reached = 0;
  }

  /** Called wherever an operation comes by a point. */
  reach(point: FailpointName, requestId: string): void {
    if (this.#armed === null || this.#armed.point !== point || ++this.#reached < this.#armed.nth) return;
    this.#armed = null;
    this.#evidence.append(evidenceKinds.died, requestId, 0, '', 0, failpoints[point].code);
    this.#die();
  }
}

/** Not even what is on its way to a socket leaves any more. */
function killThisProcess(): void {
  process.kill(process.pid, 'SIGKILL');
}
