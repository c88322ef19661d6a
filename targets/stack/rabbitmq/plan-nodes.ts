/** Names, ports and the shared secret of RabbitMQ nodes that are to be one. */
import { randomBytes } from 'node:crypto';
import { freePort } from '../../process/free-port.ts';

export interface RabbitmqNode {
  /** From 1. */
  readonly id: number;
  /** As Erlang knows it; ends with its id. */
  readonly name: string;
  readonly amqpPort: number;
  readonly distributionPort: number;
  /** Of several: where it is asked who leads a queue. null: it is alone. */
  readonly managementPort: number | null;
}

export interface RabbitmqPlan {
  /** Of a port mapper of their own: no other RabbitMQ of this machine is known there, nor are these known elsewhere. */
  readonly portMapper: number;
  /** Erlang lets only those in that know it. */
  readonly cookie: string;
  readonly nodes: readonly [RabbitmqNode, ...RabbitmqNode[]];
}

export async function planRabbitmqNodes(members: number): Promise<RabbitmqPlan> {
  const planOne = async (id: number): Promise<RabbitmqNode> => {
    const amqpPort = await freePort();
    return {
      id,
      name: `wirebench-${amqpPort}-${id}@localhost`,
      amqpPort,
      distributionPort: await freePort(),
      managementPort: members === 1 ? null : await freePort(),
    };
  };
  const first = await planOne(1);
  const others: RabbitmqNode[] = [];
  for (let id = 2; id <= members; id++) others.push(await planOne(id));
  return {
    portMapper: await freePort(),
    cookie: randomBytes(20).toString('hex').toUpperCase(),
    nodes: [first, ...others],
  };
}

/** null: the name is not of one of ours. */
export function nodeIdIn(name: string): number | null {
  const id = /-(\d+)@/.exec(name)?.[1];
  return id === undefined ? null : Number(id);
}
