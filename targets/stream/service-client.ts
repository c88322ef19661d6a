/** How our service reaches Kafka, whatever it does there. */
import type { StreamTarget } from '../../scenarios/scenario.ts';
import type { ServiceOptions } from '../domain/service-options.ts';
import type { PlatformaticContext } from './platformatic-guard.ts';
import { saslOf, securedBy } from './platformatic-security.ts';

/** Options of each of its clients. `role`: what its id ends with. */
export function serviceClient({ broker, brokerLink, target }: ServiceOptions, role: string) {
  const { tls, sasl } = target as StreamTarget;
  const bootstrapBrokers = (broker ?? '').split(',');
  return {
    clientId: `wirebench-service-${role}`,
    bootstrapBrokers,
    ...(brokerLink !== undefined && {
      context: { linkOf: () => brokerLink } satisfies Pick<PlatformaticContext, 'linkOf'>,
    }),
    ...(tls !== undefined && securedBy(tls, bootstrapBrokers)),
    ...(sasl !== undefined && { sasl: saslOf(sasl) }),
    retries: 0,
    timeout: 30_000,
    connectTimeout: 3_000,
    metadataMaxAge: 300_000,
  };
}
