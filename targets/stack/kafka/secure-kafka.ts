/** Kafka with TLS and a user of its own: listeners beside those in clear, which lead to themselves. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../process/free-port.ts';
import {
  type BrokerSecurity,
  certifyBroker,
  type SecureListener,
  secureListeners,
} from '../../security/broker-security.ts';

export interface SecuredKafka {
  /** `NAME://host:port`, to listen and to advertise alike. */
  readonly listeners: readonly string[];
  /** `NAME:PROTOCOL` */
  readonly protocols: readonly string[];
  /** Of server.properties. */
  readonly properties: Readonly<Record<string, string>>;
  /** For the storage tool: SCRAM's secrets are data of the cluster. */
  readonly format: readonly string[];
  readonly security: BrokerSecurity;
}

const kinds: Readonly<Record<SecureListener, { readonly protocol: string; readonly asks: boolean }>> = {
  tls: { protocol: 'SSL', asks: false },
  mutual: { protocol: 'SSL', asks: true },
  sasl: { protocol: 'SASL_PLAINTEXT', asks: false },
  saslTls: { protocol: 'SASL_SSL', asks: false },
  saslMutual: { protocol: 'SASL_SSL', asks: true },
};
const mechanism = 'SCRAM-SHA-256';

/** Of one broker. Files go to `directory`, which is there. */
export async function secureKafka(directory: string): Promise<SecuredKafka> {
  const { authority, server, client, user } = await certifyBroker(join(directory, 'kafka-certificates'));
  const keystore = join(directory, 'kafka-keystore.pem'); // key and certificate in one file, as it wants them
  writeFileSync(keystore, `${readFileSync(server.key, 'utf8')}\n${readFileSync(server.cert, 'utf8')}`, { mode: 0o600 });
  const ports = new Map<SecureListener, number>();
  for (const name of secureListeners) ports.set(name, await freePort());
  const at = (name: SecureListener) => `127.0.0.1:${ports.get(name)}`;
  return {
    listeners: secureListeners.map((name) => `${name.toUpperCase()}://${at(name)}`),
    protocols: secureListeners.map((name) => `${name.toUpperCase()}:${kinds[name].protocol}`),
    properties: Object.assign({}, ...secureListeners.map((name) => propertiesOf(name, keystore, authority))),
    format: ['--add-scram', `${mechanism}=[name=${user.name},password=${user.password}]`],
    security: {
      authority,
      client,
      user,
      listeners: Object.fromEntries(secureListeners.map((name) => [name, at(name)])) as BrokerSecurity['listeners'],
    },
  };
}

function propertiesOf(name: SecureListener, keystore: string, authority: string): Record<string, string> {
  const prefix = `listener.name.${name.toLowerCase()}`;
  const { protocol, asks } = kinds[name];
  return {
    ...(protocol.includes('SSL') && {
      [`${prefix}.ssl.keystore.type`]: 'PEM',
      [`${prefix}.ssl.keystore.location`]: keystore,
      [`${prefix}.ssl.truststore.type`]: 'PEM',
      [`${prefix}.ssl.truststore.location`]: authority,
      [`${prefix}.ssl.client.auth`]: asks ? 'required' : 'none',
    }),
    ...(protocol.startsWith('SASL') && {
      [`${prefix}.sasl.enabled.mechanisms`]: mechanism,
      [`${prefix}.${mechanism.toLowerCase()}.sasl.jaas.config`]:
        'org.apache.kafka.common.security.scram.ScramLoginModule required;',
    }),
  };
}
