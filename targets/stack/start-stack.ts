/** Brings up what a run needs, in the way that is asked for or at hand. */

import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { brokerFacts } from '../../scenarios/protocols/registry.ts';
import { brokerParts } from './broker-parts.ts';
import { hasComposeEngine, startComposeStack } from './compose-stack.ts';
import { type ExternalAddresses, type ExternalOptions, isAnyGiven, startExternalStack } from './external-stack.ts';
import { ensurePrograms, findMissing } from './install.ts';
import { type ProgramPaths, startNativeStack } from './native-stack.ts';
import { sweepLeftovers } from './run-directory.ts';
import {
  type BrokerName,
  neededBrokers,
  neededParts,
  type RunningStack,
  type StackMode,
  type StackNeeds,
} from './stack.ts';

export interface StartStackOptions extends ExternalOptions {
  readonly mode: StackMode;
  readonly needs: StackNeeds;
  readonly external?: ExternalAddresses;
}

export async function startStack(options: StartStackOptions): Promise<RunningStack> {
  const { needs, external = {}, signal, log } = options;
  for (const directory of await sweepLeftovers()) log(`removed what an earlier run left in ${directory}`);
  const { mode, paths } = await prepareStack(options);
  if (mode !== 'native') {
    refuseSecured(needs, mode);
    refuseListening(needs, mode);
  }
  if (mode === 'external') {
    const cluster = neededBrokers(needs).find(([, members]) => members > 1);
    if (cluster !== undefined) throw clusterElsewhere(...cluster);
    return startExternalStack(needs, external, options);
  }
  if (mode === 'compose') return startComposeStack(needs, signal, log);
  log(`starting ${Object.keys(paths).join(', ')}`);
  return startNativeStack(needs, paths, signal);
}

/**
 * Decides where the stack comes from and installs what that takes, but starts nothing. `auto`: given addresses, else
 * native programs, else compose when an engine answers, else what can be installed.
 */
export async function prepareStack(
  options: StartStackOptions,
): Promise<{ readonly mode: Exclude<StackMode, 'auto'>; readonly paths: ProgramPaths }> {
  const mode = await chooseMode(options);
  const names = mode === 'native' ? neededParts(options.needs) : [];
  return { mode, paths: await ensurePrograms(names, options) };
}

async function chooseMode({ mode, needs, external = {} }: StartStackOptions): Promise<Exclude<StackMode, 'auto'>> {
  if (mode !== 'auto') return mode;
  if (isAnyGiven(external)) return 'external';
  const missing = await findMissing(neededParts(needs));
  return missing.length > 0 && (await hasComposeEngine()) ? 'compose' : 'native';
}

/** Certificates and users are made with the broker. */
function refuseSecured({ secured = [] }: StackNeeds, mode: StackMode): void {
  const [name] = secured;
  if (name === undefined) return;
  const { title } = brokerFacts[name];
  throw new BenchError(
    'securedElsewhere',
    `${title} with TLS or users of its own is not to be had with --stack ${mode}`,
    {
      hint: 'Use --stack native, which makes certificates and users for the run; or leave out `tls` and `auth` of its targets.',
      exitCode: exitCodes.stack,
    },
  );
}

function refuseListening({ listenHost }: StackNeeds, mode: StackMode): void {
  if (listenHost === undefined) return;
  throw new BenchError('listensElsewhere', `Links at ${listenHost} are not to be had with --stack ${mode}`, {
    hint: 'Use --stack native with --listen, or own systems with `via: direct`.',
    exitCode: exitCodes.stack,
  });
}

function clusterElsewhere(name: BrokerName, members: number): BenchError {
  const { title } = brokerFacts[name];
  const { program } = brokerParts[name];
  return new BenchError('clusterElsewhere', `A ${title} of ${members} brokers is not to be had with --stack external`, {
    hint: `Use --stack native (it needs ${program.needs[0]}) or compose, or leave out \`stack: { ${name}: { brokers: ${members} } }\`.`,
    exitCode: exitCodes.stack,
  });
}
