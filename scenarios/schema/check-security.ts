/** Of which targets `tls` and `auth` can be, and what they come to. */
import { brokerOf } from '../protocols/registry.ts';
import { authsOf, type Secured } from '../security.ts';
import type { CheckContext, FileTarget } from './check-context.ts';
import type { Path } from './problem.ts';
import { membersOf } from './stack-schema.ts';

/** Of a reference target. */
export function checkSecurity({ file, report }: CheckContext, target: FileTarget, path: Path): void {
  const { tls: mode, auth: asked = 'none', protocol, engine } = target;
  if (typeof mode === 'object') {
    const message = 'of our own service is none, server or mutual; files are for an own system';
    report({ path: [...path, 'tls'], message, atKey: true });
    return;
  }
  const isUsed = { tls: (mode ?? 'none') !== 'none', auth: asked !== 'none' };
  if (isUsed.auth && !authsOf(protocol).some((one) => one === asked)) {
    report({
      path: [...path, 'auth'],
      message: `${asked} is not for ${protocol}: ${authsOf(protocol).join(' or ')} is`,
    });
  }
  const broker = brokerOf(target);
  const members = broker === null ? 1 : membersOf(file.stack, broker);
  const against = members > 1 ? `is not to be had of ${members} brokers; one of its own has it` : obstacleOf(target);
  const engineWords = engine === undefined || engine === 'native' ? null : `is for the native engine, not ${engine}`;
  for (const key of ['tls', 'auth'] as const) {
    const message = against ?? engineWords;
    if (isUsed[key] && message !== null) report({ path: [...path, key], message, atKey: true });
  }
}

function obstacleOf(target: FileTarget): string | null {
  if ('gateway' in target && target.gateway !== undefined)
    return 'is of a service without a gateway: there, gateway: { auth } says who is let in';
  if ('flow' in target && target.flow !== undefined) return 'is of a service alone, not of a flow';
  if ('chain' in target && target.chain !== undefined) return 'is of a service alone, not of a chain';
  return brokerOf(target) === 'sqs' ? 'is not to be had here: ElasticMQ speaks in clear and knows no users' : null;
}

/** As the runners take it; of an own system nothing. */
export function resolveSecurity({ tls: mode, auth: asked }: Pick<FileTarget, 'tls' | 'auth'>): Secured {
  return {
    ...(typeof mode === 'string' && mode !== 'none' && { tlsMode: mode }),
    ...(asked !== undefined && asked !== 'none' && { auth: asked }),
  };
}
