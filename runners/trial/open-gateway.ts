/** The gateway of a trial: a program between the load and the instances of our service. */
import { join } from 'node:path';
import type { CacheSettings } from '../../scenarios/cache-settings.ts';
import { type Gateway, gatewayPart, keyIssuer } from '../../scenarios/gateway.ts';
import type { LinkName } from '../../scenarios/scenario.ts';
import { linkBetween } from '../../scenarios/target-services.ts';
import { type GatewayCredentials, type GatewayProtocol, gatewayProtocols } from '../../targets/gateway/gateway-kind.ts';
import { gatewayKinds } from '../../targets/gateway/gateway-kinds.ts';
import { startKeyServer } from '../../targets/gateway/key-server.ts';
import { startGateway } from '../../targets/gateway/start-gateway.ts';
import { freePort } from '../../targets/process/free-port.ts';
import type { SupervisedProcess } from '../../targets/process/supervised-process.ts';
import type { Link, RunningStack } from '../../targets/stack/stack.ts';
import type { FaultPart } from '../faults/fault-kind.ts';
import { type Closers, joinedAddress, missingPart, openLinks } from './stack-parts.ts';

export interface OpenGatewayInput {
  readonly settings: Gateway;
  /** null: it keeps nothing. */
  readonly cache: CacheSettings | null;
  readonly protocol: string;
  /** Of the service that it stands before. */
  readonly entry: string;
  /** `host:port` by name of the instance, without a proxy. */
  readonly instances: Readonly<Record<string, string>>;
  readonly stack: RunningStack | null;
  /** Without a link between it and the instances. */
  readonly direct: boolean;
  readonly workDirectory: string;
  readonly trialId: string;
  readonly credentials: GatewayCredentials | null;
  readonly callers: readonly string[];
}

export interface OpenedGateway {
  /** `host:port`, without a proxy. */
  readonly address: string;
  readonly process: SupervisedProcess;
  readonly links: Readonly<Record<LinkName, Link>>;
  readonly part: FaultPart;
}

export async function openGateway(input: OpenGatewayInput, opened: Closers): Promise<OpenedGateway> {
  const { settings, cache, entry, instances, stack, direct, workDirectory, trialId, credentials, callers } = input;
  const path = (await gatewayKinds[settings.kind].program.find()) ?? missingPart();
  const name = linkBetween(gatewayPart, entry);
  const link = direct ? null : await openLinks(stack, name, Object.values(instances), opened);
  const addresses = joinedAddress(link ?? undefined)?.split(',') ?? Object.values(instances);
  const issuer = await openIssuer(input, opened);
  const gateway = await startGateway(path, {
    ...{ protocol: protocolOf(input), settings, cache, port: await freePort(), credentials, callers },
    keysAt: issuer?.address ?? null,
    instances: Object.fromEntries(Object.keys(instances).map((instance, n) => [instance, addresses[n] ?? ''])),
    directory: join(workDirectory, `${trialId}.${gatewayPart}`),
  });
  opened.push(() => gateway.process.stop());
  return {
    address: gateway.address,
    process: gateway.process,
    links: { ...(link !== null && { [name]: link }), ...issuer?.links },
    part: { name: gatewayPart, process: gateway.process, restart: gateway.restart },
  };
}

interface OpenedIssuer {
  /** As the gateway dials it. */
  readonly address: string;
  readonly links: Readonly<Record<LinkName, Link>>;
}

/** null: the gateway has the keys in its configuration. */
async function openIssuer(
  { settings, credentials, stack, direct }: OpenGatewayInput,
  opened: Closers,
): Promise<OpenedIssuer | null> {
  if (settings.keys === 'file' || credentials === null) return null;
  const server = await startKeyServer(credentials.jwks);
  opened.push(() => server.close());
  const name = linkBetween(gatewayPart, keyIssuer);
  const link = direct ? null : await openLinks(stack, name, [server.address], opened);
  return { address: joinedAddress(link ?? undefined) ?? server.address, links: link === null ? {} : { [name]: link } };
}

function protocolOf({ protocol }: OpenGatewayInput): GatewayProtocol {
  return gatewayProtocols.find((one) => one === protocol) ?? missingPart();
}
