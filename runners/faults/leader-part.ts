/** Of a cluster's brokers the one that leads the first partition, or the queue, of what is under load, found when a fault begins. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SupervisedProcess } from '../../targets/process/supervised-process.ts';
import type { Leads } from '../../targets/stack/broker-part.ts';
import { brokerParts } from '../../targets/stack/broker-parts.ts';
import { untilBrokerAnswers } from '../../targets/stack/part-health.ts';
import type { BrokerMember, RunningBroker } from '../../targets/stack/stack.ts';
import type { FaultPart, FaultProof } from './fault-kind.ts';

const lookEveryMs = 100;
const findDeadlineMs = 3_000;

export class LeaderPart implements FaultPart {
  readonly name: string;
  readonly #broker: RunningBroker['name'];
  readonly #members: readonly BrokerMember[];
  /** Of the topic or queue. */
  readonly #led: string;
  readonly #leads: Leads;
  #chosen: BrokerMember;

  /** `broker`: a cluster. */
  constructor({ name, members = [] }: Pick<RunningBroker, 'name' | 'members'>, led: string) {
    const { leads } = brokerParts[name];
    if (leads === undefined) throw new Error(`nobody leads a ${name}`);
    this.#leads = leads;
    this.name = `${name} leader`;
    this.#broker = name;
    this.#members = members;
    this.#led = led;
    this.#chosen = members[0] as BrokerMember;
  }

  get process(): SupervisedProcess {
    return this.#chosen.process;
  }

  /** Rejects when nobody says who leads. */
  async choose(): Promise<void> {
    const id = await this.#leader(this.#members, (leader) => leader !== null);
    const found = this.#members.find((member) => member.id === id);
    if (found === undefined) throw new Error(`no broker leads ${Object.values(this.#leads.what(this.#led)).join()}`);
    this.#chosen = found;
  }

  chosen(): FaultProof {
    return { broker: this.#chosen.id, ...this.#leads.what(this.#led) };
  }

  /** Who leads now, once it is another one; null: nobody else in time. */
  async after(withinMs: number): Promise<FaultProof> {
    const others = this.#members.filter((member) => member !== this.#chosen);
    const isOther = (leader: number | null) => leader !== null && leader !== this.#chosen.id;
    const leaderAfter = await this.#leader(others, isOther, withinMs);
    return { leaderAfter };
  }

  async #leader(
    asked: readonly BrokerMember[],
    isWanted: (leader: number | null) => boolean,
    withinMs = findDeadlineMs,
  ): Promise<number | null> {
    const addresses = asked.map(({ directAddress, asked: at = directAddress }) => at).join(',');
    for (const endMs = performance.now() + withinMs; ; await sleep(lookEveryMs)) {
      const leader = await this.#leads.leaderOf(addresses, this.#led).catch(() => null);
      if (isWanted(leader)) return leader;
      if (performance.now() > endMs) return null;
    }
  }

  /** Resolves when it answers for itself again. */
  async restart(): Promise<void> {
    await this.#chosen.process.restart();
    await untilBrokerAnswers(this.#broker, this.#chosen.directAddress);
  }
}
