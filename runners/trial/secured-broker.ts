/** The stack as a target sees it that asks for a secured broker: links lead to the listener that it uses. */
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { brokerFacts, brokerOf } from '../../scenarios/protocols/registry.ts';
import type { Target } from '../../scenarios/scenario.ts';
import { type BrokerSecurity, listenerFor } from '../../targets/security/broker-security.ts';
import { brokerParts } from '../../targets/stack/broker-parts.ts';
import type { RunningBroker, RunningStack } from '../../targets/stack/stack.ts';
import { type Closers, openLink } from './stack-parts.ts';

/** Of any other target: the stack as it is. */
export async function withSecuredBroker(
  stack: RunningStack | null,
  target: Target,
  opened: Closers,
): Promise<RunningStack | null> {
  const listener = listenerFor(target);
  const name = brokerOf(target);
  if (stack === null || listener === null || name === null) return stack;
  const { broker, security } = requireSecured(stack, target);
  const address = security.listeners[listener];
  const links =
    target.via === 'direct'
      ? {}
      : {
          client: await openLink(stack, 'client', address, opened),
          service: await openLink(stack, 'service', address, opened),
        };
  const used: RunningBroker = { ...broker, links, listener: { address, advertises: brokerParts[name].advertises } };
  return { ...stack, brokers: { ...stack.brokers, [name]: used } };
}

/** Throws a BenchError (exit 3) where the broker offers nothing but what is in clear. */
export function requireSecured(
  stack: RunningStack | null,
  target: Target,
): { readonly broker: RunningBroker; readonly security: BrokerSecurity } {
  const name = brokerOf(target);
  const broker = name === null ? undefined : stack?.brokers[name];
  if (name === null || broker?.security === undefined) {
    const title = name === null ? 'The broker' : brokerFacts[name].title;
    throw new BenchError('brokerInClear', `${target.name}: ${title} as it runs has neither TLS nor users of its own`, {
      hint: 'It gets them as it starts with a run of its own: leave out --stack external, or `tls` and `auth` of the target.',
      exitCode: exitCodes.stack,
    });
  }
  return { broker, security: broker.security };
}
