/** Checks of chains: how many processes, and what does not go with them. */
import { chainedServices, mostChained } from '../chain-settings.ts';
import type { CheckContext } from './check-context.ts';

export function checkChain({ file, has, report }: CheckContext): void {
  const operations = Object.entries(file.workload?.operations ?? {});
  const unanswered = operations.find(([, { pattern }]) => pattern !== 'request-reply')?.[0];
  for (const [name, target] of Object.entries(file.targets ?? {})) {
    if (!('chain' in target) || target.chain === undefined) continue;
    const path = ['targets', name];
    const complain = (key: string, message: string) => report({ path: [...path, key], message, atKey: true });
    if (has([...path, 'address'])) continue;
    const services = chainedServices(target.chain);
    if (services > mostChained) complain('chain', `has ${services} services, more than ${mostChained}`);
    for (const key of ['instances', 'gateway', 'flow'] as const) {
      if (has([...path, key])) complain(key, 'does not go with chain: each of its services is one process');
    }
    if (target.engine !== 'native') complain('engine', 'chains are for the native engine');
    if (unanswered !== undefined) {
      const message = `operation ${unanswered} waits for no answer: give it pattern: request-reply`;
      complain('chain', message);
    }
  }
}
