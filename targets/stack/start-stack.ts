/** Brings up what a run needs, in the way that is asked for or at hand. */
import { hasComposeEngine, startComposeStack } from './compose-stack.ts';
import { type ExternalAddresses, type ExternalOptions, startExternalStack } from './external-stack.ts';
import { ensurePrograms, findMissing } from './install.ts';
import { startNativeStack } from './native-stack.ts';
import { sweepLeftovers } from './run-directory.ts';
import type { RunningStack, StackMode, StackNeeds } from './stack.ts';

export interface StartStackOptions extends ExternalOptions {
  readonly mode: StackMode;
  readonly needs: StackNeeds;
  readonly external?: ExternalAddresses;
}

const stackPrograms = ['toxiproxy', 'rabbitmq', 'kafka'] as const;

/** `auto`: given addresses, else native programs, else compose when an engine answers, else what can be installed. */
export async function startStack(options: StartStackOptions): Promise<RunningStack> {
  const { needs, external = {}, signal, log } = options;
  for (const directory of await sweepLeftovers()) log(`removed what an earlier run left in ${directory}`);
  const mode = await chooseMode(options);
  if (mode === 'external') return startExternalStack(needs, external, options);
  if (mode === 'compose') return startComposeStack(needs, signal, log);
  const names = stackPrograms.filter((name) => needs[name]);
  const paths = await ensurePrograms(names, options);
  log(`starting ${names.join(', ')}`);
  return startNativeStack(needs, paths, signal);
}

async function chooseMode({ mode, needs, external = {} }: StartStackOptions): Promise<Exclude<StackMode, 'auto'>> {
  if (mode !== 'auto') return mode;
  if (Object.values(external).some((address) => address !== undefined)) return 'external';
  const missing = await findMissing(stackPrograms.filter((name) => needs[name]));
  return missing.length > 0 && (await hasComposeEngine()) ? 'compose' : 'native';
}
