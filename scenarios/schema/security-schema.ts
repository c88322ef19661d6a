/** `tls` and `auth` of our own services: what they show, and what they ask for. */
import { z } from 'zod';
import { brokerOf } from '../protocols/registry.ts';
import { auths, authsOf, type Secured, tlsModes } from '../security.ts';
import type { CheckContext, FileTarget } from './check-context.ts';
import type { Path } from './problem.ts';
import { membersOf } from './stack-schema.ts';
import { tlsSchema } from './tls-schema.ts';

export const tls = z
  .union([z.enum(tlsModes), tlsSchema], {
    error: 'expected none, server or mutual; of an own system { ca, cert, key, … }',
  })
  .optional()
  .describe(
    'Our service, or its broker: server has it show a certificate of an authority made for the run; mutual: clients show one, too; none (left out: this): in clear. Own system: which files, and whom to trust; an address with a scheme must have a secure one. Left out: as its scheme says, else in clear.',
  );

export const auth = z
  .enum(auths)
  .optional()
  .meta({ default: 'none' })
  .describe(
    'What clients show to be served by our service: apiKey (a header) or jwt (signed, RS256), checked for each request, over WebSocket once a connection; sasl: a user of the broker, at each connection.',
  );

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
