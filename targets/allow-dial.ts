/**
 * The gate that every TCP connection of this thread goes through, whichever library makes it: what counts is the address
 * that is dialled, not the one that a scenario names, for names lead elsewhere and brokers advertise other hosts.
 * Every thread and process of ours that dials what a scenario names calls `allowDial` first.
 */
import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { lookup as lookUp } from 'node:dns/promises';
import net from 'node:net';
import { BenchError, exitCodes } from '../result/bench-error.ts';
import { AllowedHosts, bareHost } from '../scenarios/allowed-hosts.ts';

type LookupFunction = NonNullable<net.TcpNetConnectOpts['lookup']>;

interface Gate {
  readonly allowed: AllowedHosts;
  readonly onRefused: (refusal: BenchError) => void;
}

const ungated = net.Socket.prototype.connect;
const probeMs = 1_000;
let gate: Gate | null = null;
let refusal: BenchError | null = null;

/**
 * From now on this thread connects to loopback and to `allowHosts` only. A connection to anywhere else fails with the
 * BenchError (exit 2) that `onRefused` gets as well, since libraries wrap, retry or swallow it.
 */
export function allowDial(allowHosts: readonly string[], onRefused: Gate['onRefused'] = () => undefined): void {
  gate = { allowed: new AllowedHosts(allowHosts), onRefused };
  refusal = null;
  net.Socket.prototype.connect = gatedConnect as typeof ungated;
}

/** Whether a host that nobody named may be dialled: known before anything is looked up. */
export function mayDial(host: string): boolean {
  const bare = bareHost(host);
  return gate === null || bare === 'localhost' || isJudged(bare, gate);
}

/** The first connection that was refused since `allowDial`. */
export function firstRefusal(): BenchError | null {
  return refusal;
}

/** Lets every connection through again; for tests. */
export function dialFreely(): void {
  net.Socket.prototype.connect = ungated;
  gate = null;
}

/**
 * `host:port` for another program to dial, which no gate of ours can watch: a name that is not listed gives way to an
 * allowed address of its own, one that answers before one that does not. Rejects as a connection would.
 */
export async function judgedAddress(address: string): Promise<string> {
  const colon = address.lastIndexOf(':');
  const host = bareHost(address.slice(0, colon));
  const port = Number(address.slice(colon + 1));
  if (gate === null || gate.allowed.hasName(host) || gate.allowed.hasAddress(host)) return address;
  const found = await lookUp(host, { all: true });
  const [first, ...others] = found.filter((one) => gate?.allowed.hasAddress(one.address));
  if (first === undefined) throw refuse(host, found);
  if (others.length === 0) return joined(first, port);
  for (const one of [first, ...others]) if (await accepts(one.address, port)) return joined(one, port);
  return joined(first, port);
}

function joined({ address, family }: LookupAddress, port: number): string {
  return family === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, timeout: probeMs });
    const end = (accepted: boolean) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', () => end(true));
    for (const event of ['timeout', 'error']) socket.once(event, () => end(false));
  });
}

/** In place of `net.Socket.prototype.connect`, and called in all of its ways. */
function gatedConnect(this: net.Socket, ...given: unknown[]): net.Socket {
  const args = Array.isArray(given[0]) ? given[0] : given;
  const options = tcpOptions(args);
  if (gate === null || options === null) return Reflect.apply(ungated, this, given);
  const { host = 'localhost', lookup = systemLookup as LookupFunction } = options;
  const onConnected = args.find((arg) => typeof arg === 'function');
  const rest = onConnected === undefined ? [] : [onConnected];
  const judged = isJudged(host, gate) ? { lookup } : net.isIP(host) === 0 ? judging(lookup) : refusing(host);
  return Reflect.apply(ungated, this, [{ ...options, ...judged }, ...rest]);
}

function isJudged(host: string, { allowed }: Gate): boolean {
  return allowed.hasName(host) || allowed.hasAddress(host);
}

/** null: a socket of this machine, by its path. */
function tcpOptions(args: readonly unknown[]): net.TcpNetConnectOpts | null {
  const [first, second] = args;
  if (typeof first === 'object' && first !== null) return 'path' in first && first.path ? null : (first as never);
  const port = Number(first);
  if (!Number.isInteger(port)) return null;
  return typeof second === 'string' ? { port, host: second } : { port };
}

/** Only the allowed ones of the addresses that a name has. */
function judging(lookup: LookupFunction): { lookup: LookupFunction } {
  return {
    lookup: (host, options, callback) =>
      lookup(host, { ...options, all: true }, (error, found) => {
        if (error !== null) return callback(error, options.all ? [] : '', 0);
        const all = Array.isArray(found) ? found : [{ address: found, family: net.isIP(found) }];
        const allowed = all.filter(({ address }) => gate?.allowed.hasAddress(address));
        const [first] = allowed;
        if (first === undefined) callback(refuse(host, all), options.all ? [] : '', 0);
        else if (options.all) callback(null, allowed);
        else callback(null, first.address, first.family);
      }),
  };
}

/** An address is never looked up: a name in its place is, and the answer is the refusal. */
function refusing(address: string): { host: string; lookup: LookupFunction } {
  return {
    host: 'refused.invalid',
    lookup: (_host, options, callback) => {
      process.nextTick(() => callback(refuse(address, []), options.all ? [] : '', 0));
    },
  };
}

function refuse(host: string, leadsTo: readonly LookupAddress[]): BenchError {
  const addresses = leadsTo.map(({ address }) => address).join(', ');
  const error = new BenchError(
    'foreignHost',
    `${host}${addresses === '' ? '' : ` leads to ${addresses}, which`} is neither loopback nor listed under allowHosts`,
    {
      hint: `If load may be sent there, add ${host} to allowHosts in the scenario. A broker sends its clients to the addresses that it advertises.`,
      exitCode: exitCodes.usage,
    },
  );
  refusal ??= error;
  gate?.onRefused(error);
  return error;
}
