/** What is particular about a broker of the user's own: where it is, and which of its queues can be consumed. */
import amqplib from 'amqplib';
import { BenchError, exitCodes } from '../../../result/bench-error.ts';
import { isHandedOver } from '../../../result/patterns.ts';
import type { QueueRequest, QueueTarget } from '../../../scenarios/scenario.ts';
import { isSecured } from '../../../scenarios/secured.ts';
import type { DriverContext } from '../../driver.ts';
import { cannotConnect } from '../../driver-kit/cannot-connect.ts';
import { peerName } from '../../driver-kit/peer-name.ts';
import { compileTemplate } from '../../driver-kit/request-template.ts';
import { tlsOptions } from '../../driver-kit/tls-options.ts';
import { amqpUrls } from './amqp-urls.ts';

/** The default exchange routes to the queue that the routing key names. */
export function namesQueue({ exchange, routingKey }: QueueRequest): boolean {
  return exchange === '' && compileTemplate(routingKey).isConstant;
}

export interface BrokerAddress {
  /** Without credentials; of a cluster one of each node. */
  readonly urls: readonly [string, ...string[]];
  /** Of amqplib, for the connection's socket. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Who logs in; null: as amqplib does without being told. */
  readonly user: string | null;
}

/** User, password, virtual host and options are the target's; where to dial may be a proxy. */
export function brokerAddress(
  { address: named, user, password, vhost, tls }: Pick<QueueTarget, 'address' | 'user' | 'password' | 'vhost' | 'tls'>,
  address: string,
): BrokerAddress {
  if (named === undefined) return ourBroker(address, { tls, user, password });
  const url = new URL(named);
  const hostname = tls?.serverName ?? url.hostname.replace(/^\[(.*)\]$/, '$1');
  const name = user ?? decodeURIComponent(url.username);
  const word = password ?? decodeURIComponent(url.password);
  const isTold = name !== '' || word !== '';
  url.host = address;
  url.username = '';
  url.password = '';
  if (vhost !== undefined) url.pathname = `/${encodeURIComponent(vhost)}`;
  const options = {
    ...(isTold && { credentials: amqplib.credentials.plain(name, word) }),
    ...(isSecured({ address: named }) && tlsOptions(hostname, tls)),
  };
  return { urls: [url.href], options, user: isTold ? name : null };
}

/** One of ours: a certificate that is shown logs in by itself, unless there is a user. */
function ourBroker(
  address: string,
  { tls, user, password = '' }: Pick<QueueTarget, 'tls' | 'user' | 'password'>,
): BrokerAddress {
  const { plain, external } = amqplib.credentials;
  const byCertificate = user === undefined && tls?.cert !== undefined;
  const options = {
    ...(user !== undefined && { credentials: plain(user, password) }),
    ...(byCertificate && { credentials: external() }),
    ...(tls !== undefined && tlsOptions(tls.serverName ?? 'localhost', tls)),
  };
  return { urls: tls === undefined ? amqpUrls(address) : [`amqps://${address}`], options, user: user ?? null };
}

/** What the broker says of who may do what, in plain words; null: it says something else. */
export function refusalOf(said: string, target: QueueTarget): string | null {
  const { urls, user } = brokerAddress(target, 'broker:1');
  const who = user ?? 'guest';
  if (/ACCESS_REFUSED - Login was refused|ACCESS-REFUSED.*Login was refused/.test(said)) {
    return `it refuses user ${who}: not known, or the wrong password`;
  }
  const vhost = /NOT_ALLOWED - (?:access to )?vhost '?([^' ]*)'? (not found|refused)/.exec(said);
  if (vhost !== null) {
    const [, name, why] = vhost;
    return why === 'refused' ? `user ${who} may not use virtual host ${name}` : `it has no virtual host ${name}`;
  }
  // amqplib keeps the broker's reason to itself when it is the opening of the virtual host that is refused.
  if (/Expected ConnectionOpenOk; got <ConnectionClose/.test(said)) {
    const opened = decodeURIComponent(new URL(urls[0]).pathname.slice(1)) || '/';
    return `it does not open virtual host ${opened} for user ${who}: not there, or not for that user (its log says which)`;
  }
  // Older ones do not say which right that is.
  const denied = /ACCESS_REFUSED - (\w+ )?access to (queue|exchange|topic) '([^']*)'/.exec(said);
  return denied && `user ${who} has no ${denied[1] ?? ''}right for ${denied[2]} ${denied[3]}`;
}

/** Names what is missing or refused; `cause`: what amqplib rejected with. */
export function cannotOpen(context: Pick<DriverContext, 'target' | 'address' | 'proxied'>, cause: unknown): BenchError {
  const said = cause instanceof Error ? cause.message : String(cause);
  const peer = `RabbitMQ at ${peerName(context)}`;
  const missing = /NOT_FOUND - no (queue|exchange) '([^']*)'/.exec(said);
  if (missing === null) {
    const refusal = refusalOf(said, context.target as QueueTarget);
    return cannotConnect(peer, refusal ?? said, 'Check the address, the user and the virtual host.', cause);
  }
  return new BenchError(`${missing[1]}Missing`, `${peer} has no ${missing[1]} ${missing[2]}`, {
    hint: 'Create it first, or correct its name in `requests` or `reply`: those of your own system are never created here.',
    exitCode: exitCodes.stack,
    cause,
  });
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
