/** Checks of `evolution`: each change once, and only wires that it is played over. */
import { factsOf, type Spoken } from '../protocols/registry.ts';
import type { CheckContext, FileTarget } from './check-context.ts';

export function checkEvolution({ file, report, originalIndex }: CheckContext): void {
  const { evolution, targets = {} } = file;
  if (evolution === undefined) return;
  evolution.forEach((change, index) => {
    const path = ['evolution', originalIndex(['evolution'], index)];
    if (evolution.indexOf(change) < index) report({ path, message: `${change} stands there already` });
  });
  for (const [name, target] of Object.entries(targets)) {
    const found = troubleOf(target);
    if (found === null) continue;
    const suggestion = `leave evolution out, or ${name} to a scenario without it`;
    report({ path: ['targets', name, found.key], message: found.message, suggestion, atKey: true });
  }
}

/** null: it is played over the target's wire, and holds for its service. */
function troubleOf(target: FileTarget): { readonly key: string; readonly message: string } | null {
  const { address, service } = target;
  const { protocol, broker }: Spoken = target;
  if (address !== undefined)
    return {
      key: 'address',
      message: 'does not go with evolution, which knows nothing of the messages of a system of your own',
    };
  if (service?.runtime === 'go')
    return { key: 'service', message: 'does not go with evolution, which is played with libraries of Node alone' };
  if (factsOf(target).playsEvolution !== true) {
    const key = broker === undefined ? 'protocol' : 'broker';
    return { key, message: `${broker ?? protocol} does not go with evolution, which is not played over it` };
  }
  return null;
}
