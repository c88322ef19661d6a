/** The options that say which stack a run uses; each broker has its own. */

import { BenchError, exitCodes } from '../result/bench-error.ts';
import { brokerFacts } from '../scenarios/protocols/registry.ts';
import type { AdvertisedLink, ExternalBroker } from '../targets/stack/broker-part.ts';
import { brokerNames, brokerParts } from '../targets/stack/broker-parts.ts';
import { type ExternalAddresses, isAnyGiven } from '../targets/stack/external-stack.ts';
import { readKeptStack } from '../targets/stack/kept-stack.ts';
import { type BrokerLinkName, type BrokerName, type StackMode, stackModes } from '../targets/stack/stack.ts';

const text = { type: 'string', nargs: 1, group: 'External stack:' } as const;
type TextOption = typeof text & { readonly describe: string };
const linkNames = ['client', 'service'] as const satisfies readonly BrokerLinkName[];
const linkOption = (broker: BrokerName, link: BrokerLinkName) => `${broker}-${link}-link`;

const brokerOptions: Record<string, TextOption> = {};
for (const name of brokerNames) {
  const { title } = brokerFacts[name];
  const { advertises } = brokerParts[name];
  brokerOptions[name] = { ...text, describe: `HOST:PORT of a running ${title}` };
  if (!advertises) continue;
  const [client, service] = linkNames.map((link) => linkOption(name, link)) as [string, string];
  brokerOptions[client] = { ...text, describe: `LISTEN,UPSTREAM: a ${title} listener that advertises a proxy` };
  brokerOptions[service] = { ...text, describe: 'LISTEN,UPSTREAM: the same for the service' };
}

export const stackOptions = {
  stack: { choices: stackModes, default: 'auto' as StackMode, describe: 'where brokers and Toxiproxy come from' },
  yes: { alias: 'y', type: 'boolean', default: false, describe: 'install what is missing without asking' },
  toxiproxy: { ...text, describe: 'URL of a running Toxiproxy’s API' },
  ...brokerOptions,
} as const;

export type StackArguments = {
  readonly stack: StackMode;
  readonly yes: boolean;
  readonly toxiproxy?: string | undefined;
} & { readonly [Option in BrokerName | `${BrokerName}-${BrokerLinkName}-link`]?: string | undefined };

/** From the options; with `--stack external` and none of them, the stack that `bench stack up` keeps. */
export async function externalAddresses(args: StackArguments): Promise<ExternalAddresses> {
  const brokers = brokerNames.flatMap((name) => {
    const broker = brokerFrom(args, name);
    return broker === null ? [] : [[name, broker] as const];
  });
  const given: ExternalAddresses = {
    ...(args.toxiproxy !== undefined && { toxiproxy: args.toxiproxy }),
    ...(brokers.length > 0 && { brokers: Object.fromEntries(brokers) }),
  };
  if (args.stack !== 'external' || isAnyGiven(given)) return given;
  return (await readKeptStack())?.addresses ?? {};
}

/** What somebody types who has a stack that runs elsewhere. */
export function optionsFor({ toxiproxy, brokers = {} }: ExternalAddresses): string {
  const flags = toxiproxy === undefined ? [] : [`--toxiproxy ${toxiproxy}`];
  for (const [name, { address, links }] of Object.entries(brokers) as [BrokerName, ExternalBroker][]) {
    flags.push(`--${name} ${address}`);
    for (const link of linkNames) {
      for (const { listen, upstream } of links?.[link] ?? []) {
        flags.push(`--${linkOption(name, link)} ${listen},${upstream}`);
      }
    }
  }
  return flags.join(' ');
}

function brokerFrom(args: StackArguments, name: BrokerName): ExternalBroker | null {
  const address = args[name];
  const [client, service] = linkNames.map((link) =>
    linkFrom(`--${linkOption(name, link)}`, args[`${name}-${link}-link`]),
  );
  if (address === undefined && client === undefined && service === undefined) return null;
  if (address !== undefined && client === undefined && service === undefined) return { address };
  if (address !== undefined && client !== undefined && service !== undefined) {
    return { address, links: { client: [client], service: [service] } };
  }
  const all = [`--${name}`, ...linkNames.map((link) => `--${linkOption(name, link)}`)];
  throw new BenchError('commandLine', `${all.join(', ')} go together`, {
    hint: `Give all three, or --${name} alone (then targets say \`via: direct\`).`,
    exitCode: exitCodes.usage,
  });
}

function linkFrom(option: string, text: string | undefined): AdvertisedLink | undefined {
  if (text === undefined) return undefined;
  const [listen, upstream, ...rest] = text.split(',');
  if (listen !== undefined && upstream !== undefined && rest.length === 0) return { listen, upstream };
  throw new BenchError('commandLine', `${option} ${text} is not of the form LISTEN,UPSTREAM`, {
    hint: `For example: ${option} 127.0.0.1:19093,127.0.0.1:9093`,
    exitCode: exitCodes.usage,
  });
}
