/** What is particular about a broker of the user's own: where it is, and which of its queues can be consumed. */
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { isHandedOver } from '../../result/patterns.ts';
import type { QueueRequest, QueueTarget } from '../../scenarios/scenario.ts';
import type { DriverContext } from '../driver.ts';
import { compileTemplate } from '../driver-kit/request-template.ts';

/** The default exchange routes to the queue that the routing key names. */
export function namesQueue({ exchange, routingKey }: QueueRequest): boolean {
  return exchange === '' && compileTemplate(routingKey).isConstant;
}

/** User, password, virtual host and options are the target's; where to dial may be a proxy. */
export function brokerUrl(named: string | undefined, address: string): { url: string; hostname: string } {
  if (named === undefined) return { url: `amqp://${address}`, hostname: '' };
  const url = new URL(/^amqps?:\/\//i.test(named) ? named : `amqp://${named}`);
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1');
  url.host = address;
  return { url: url.href, hostname };
}

/** What can be known to fail before a byte is sent. */
export function checkOwnSystem(target: QueueTarget, { operations, workers }: DriverContext): void {
  const { reply, name } = target;
  const consume = target.consume === true;
  const shares = consume || (reply !== undefined && operations.some(({ pattern }) => !isHandedOver(pattern)));
  if (shares && workers > 1) {
    throw new BenchError('sharedQueue', `${name}: ${workers} load workers cannot consume from one queue`, {
      hint: 'The broker deals its messages out among them. Set `load.threads: 1`, or leave `consume` and `reply` out.',
      exitCode: exitCodes.usage,
    });
  }
  const elsewhere = operations.find(({ request }) => consume && !namesQueue(request as QueueRequest));
  if (elsewhere === undefined) return;
  throw new BenchError('cannotConsume', `${name}: consume needs to know the queue to which ${elsewhere.name} goes`, {
    hint: 'Name it by `routingKey` on the default exchange (`exchange: ""`), without {{…}}; or let `consume: { bind: { exchange, routingKey } }` have a queue of its own.',
    exitCode: exitCodes.usage,
  });
}
