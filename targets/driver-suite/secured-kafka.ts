/** For tests: Kafka secured by its own means, TLS with SASL of every mechanism and rights by user, of one broker or more. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../process/free-port.ts';
import { onPath } from '../process/on-path.ts';
import type { SupervisedProcess } from '../process/supervised-process.ts';
import { type KafkaNode, launchKafka, planKafkaNodes } from '../stack/kafka/node.ts';
import { kafkaProgram } from '../stack/kafka/program.ts';

/**
 * `direct`: in clear, everything is allowed. `sasl`: TLS and a login. `asking`: TLS, wants a certificate of the client.
 * `expired`, `otherHost`: TLS with a certificate that is no good.
 */
export const securedListeners = ['direct', 'sasl', 'asking', 'expired', 'otherHost'] as const;
export type SecuredListener = (typeof securedListeners)[number];

export interface SecuredKafka {
  /** `localhost:port`, of several brokers with commas between. */
  readonly addresses: Readonly<Record<SecuredListener, string>>;
  readonly brokers: readonly SupervisedProcess[];
  down(): Promise<void>;
}

/** `clerk` with the password `secret` may do all, `guest` with `guest` may log in and nothing else. */
const users = { clerk: 'secret', guest: 'guest' };
const certificates = { sasl: 'localhost', asking: 'localhost', expired: 'expired', otherHost: 'other-host' } as const;
const pem = (name: string) => join(import.meta.dirname, '../fixtures/tls', `${name}.pem`);
const login = (module: string, options = '') => `org.apache.kafka.common.security.${module} required${options};`;
const known = Object.entries(users);

/** null: Kafka is not installed. Files go to `directory`, which is there. */
export async function startSecuredKafka(directory: string, brokers = 1): Promise<SecuredKafka | null> {
  const jars = await kafkaProgram.find();
  if (jars === null) return null;
  for (const name of new Set(Object.values(certificates))) {
    const both = readFileSync(pem(name), 'utf8') + readFileSync(pem(`${name}-key`), 'utf8');
    writeFileSync(join(directory, `${name}-both.pem`), both);
  }
  const context = { directory, signal: new AbortController().signal, onSpawn: () => undefined };
  const program = { jars, java: onPath('java') ?? 'java' };
  const format = known.flatMap(([name, password]) =>
    ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((kind) => [
      '--add-scram',
      `${kind}=[name=${name},password=${password}]`,
    ]),
  );
  const nodes = await planKafkaNodes(brokers);
  const ports = await Promise.all(nodes.map(() => Promise.all(securedListeners.map(() => freePort()))));
  const starts = nodes.map((node, n) => {
    const own = ports[n] as number[];
    const properties = propertiesOf(node, own, directory);
    return launchKafka(program, node, context, { address: `localhost:${own[0]}`, properties, format });
  });
  const started = await Promise.all(starts);
  const addressesOf = (n: number) => ports.map((own) => `localhost:${own[n]}`).join(',');
  return {
    addresses: Object.fromEntries(securedListeners.map((name, n) => [name, addressesOf(n)])) as Record<
      SecuredListener,
      string
    >,
    brokers: started,
    down: async () => void (await Promise.all(started.map((broker) => broker.kill()))),
  };
}

function propertiesOf(node: KafkaNode, ports: readonly number[], directory: string): Record<string, string> {
  const names = securedListeners.map((name) => name.toUpperCase());
  const own = names.map((name, n) => `${name}://localhost:${ports[n]}`);
  const secured = Object.entries(certificates).flatMap(([name, certificate]) => {
    const prefix = `listener.name.${name.toLowerCase()}.ssl`;
    return [
      [`${prefix}.keystore.type`, 'PEM'],
      [`${prefix}.keystore.location`, join(directory, `${certificate}-both.pem`)],
      [`${prefix}.truststore.type`, 'PEM'],
      [`${prefix}.truststore.location`, pem('authority')],
      [`${prefix}.client.auth`, name === 'asking' ? 'required' : 'none'],
    ] as const;
  });
  const sasl = 'listener.name.sasl';
  const accounts = known.map(([name, password]) => ` user_${name}="${password}"`).join('');
  return {
    'process.roles': 'broker,controller',
    'node.id': String(node.id),
    'controller.quorum.voters': node.controllers.map((controller, n) => `${n + 1}@${controller}`).join(','),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'DIRECT',
    listeners: [...own, `CONTROLLER://${node.controllers[node.id - 1]}`].join(','),
    'advertised.listeners': own.join(','),
    'listener.security.protocol.map': [
      ...names.map((name) => `${name}:${name === 'DIRECT' ? 'PLAINTEXT' : name === 'SASL' ? 'SASL_SSL' : 'SSL'}`),
      'CONTROLLER:PLAINTEXT',
    ].join(','),
    ...Object.fromEntries(secured),
    [`${sasl}.sasl.enabled.mechanisms`]: 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
    [`${sasl}.plain.sasl.jaas.config`]: login('plain.PlainLoginModule', accounts),
    [`${sasl}.scram-sha-256.sasl.jaas.config`]: login('scram.ScramLoginModule'),
    [`${sasl}.scram-sha-512.sasl.jaas.config`]: login('scram.ScramLoginModule'),
    [`${sasl}.oauthbearer.sasl.jaas.config`]: login(
      'oauthbearer.OAuthBearerLoginModule',
      ' unsecuredLoginStringClaim_sub="broker"',
    ),
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': 'User:ANONYMOUS;User:clerk;User:CN=wirebench',
    // One that is gone is soon found to be.
    'broker.session.timeout.ms': '3000',
    'broker.heartbeat.interval.ms': '500',
    // A broker that is back leads again at once what it led before.
    'leader.imbalance.check.interval.seconds': '1',
    'leader.imbalance.per.broker.percentage': '0',
  };
}

/** What Kafka takes where it verifies no signature, as it does unless it is told of keys. */
export function unsecuredToken(subject: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const nowS = Math.floor(Date.now() / 1e3);
  return `${part({ alg: 'none' })}.${part({ sub: subject, iat: nowS, exp: nowS + 3_600 })}.`;
}
