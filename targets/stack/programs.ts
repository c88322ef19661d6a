/** The programs that the native stack is made of, and those that runs call. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type GatewayName, gatewayNames } from '../../scenarios/gateway.ts';
import { gatewayKinds } from '../gateway/gateway-kinds.ts';
import { goServiceProgram } from '../go-service/go-service.ts';
import { onPath } from '../process/on-path.ts';
import { brokerNames, brokerParts } from './broker-parts.ts';
import type { Program, ProgramName } from './program.ts';
import type { BrokerName } from './stack.ts';
import { cacheDirectory, installInto } from './stack-cache.ts';
import { toxiproxyVersion } from './stack-settings.ts';

export { onPath } from '../process/on-path.ts';

export const ghzVersion = '0.93.0';
export const natsVersion = '2.15.2';

function goProgram(
  name: 'toxiproxy' | 'ghz' | 'nats-server',
  title: string,
  version: string,
  module: string,
  built: string,
  cost: string,
): Program {
  const directory = cacheDirectory(name, version);
  const binary = join(directory, name);
  const flags = name === 'toxiproxy' ? [`-ldflags=-X github.com/Shopify/toxiproxy/v2.Version=${version}`] : [];
  const shown = ['go', 'install', ...flags.map((flag) => `'${flag}'`), `${module}@v${version}`].join(' ');
  return {
    name,
    title,
    version,
    find: async () => (existsSync(binary) ? binary : onPath(name === 'toxiproxy' ? 'toxiproxy-server' : name)),
    needs: ['go'],
    commands: [`GOBIN=${directory} ${shown}${built === name ? '' : ` && mv ${join(directory, built)} ${binary}`}`],
    cost,
    install: (runCommand) =>
      installInto(directory, async (temporary) => {
        await runCommand('go', ['install', ...flags, `${module}@v${version}`], { GOBIN: temporary });
        if (built !== name) await runCommand('mv', [join(temporary, built), join(temporary, name)]);
      }),
  };
}

const brokerPrograms = Object.fromEntries(brokerNames.map((name) => [name, brokerParts[name].program])) as Record<
  BrokerName,
  Program
>;

const gatewayPrograms = Object.fromEntries(
  gatewayNames.map((name) => [
    name,
    { ...gatewayKinds[name].program, withoutIt: 'targets with another gateway, or none, run' },
  ]),
) as Record<GatewayName, Program>;

export const programs: Readonly<Record<ProgramName, Program>> = {
  toxiproxy: goProgram(
    'toxiproxy',
    'Toxiproxy',
    toxiproxyVersion,
    'github.com/Shopify/toxiproxy/v2/cmd/server',
    'server',
    '16 MB, about 25 s',
  ),
  ...brokerPrograms,
  ...gatewayPrograms,
  'go-service': goServiceProgram,
  'nats-server': {
    ...goProgram(
      'nats-server',
      'NATS',
      natsVersion,
      'github.com/nats-io/nats-server/v2',
      'nats-server',
      '24 MB, about 20 s',
    ),
    withoutIt: 'agents reach a bus of your own, and runs without agents need none',
  },
  ghz: {
    ...goProgram('ghz', 'ghz', ghzVersion, 'github.com/bojand/ghz/cmd/ghz', 'ghz', '20 MB, about 20 s'),
    withoutIt: 'targets with engine: native run',
  },
};

export const programNames = Object.keys(programs) as ProgramName[];

/** Those that targets take one by one. */
export const besideStack = ['ghz', ...gatewayNames, 'go-service'] as const;
