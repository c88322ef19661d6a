/** RabbitMQ with TLS and users of its own: files and settings made before it starts. */
import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../process/free-port.ts';
import { type BrokerSecurity, type BrokerUser, certifiedUser, certifyBroker } from '../../security/broker-security.ts';

export interface SecuredRabbitmq {
  readonly plugins: readonly string[];
  /** Of rabbitmq.conf. */
  readonly settings: Readonly<Record<string, string>>;
  /** `plain`: `host:port` of the listener in clear, where users can log in, too. */
  securityAt(plain: string): BrokerSecurity;
}

/**
 * One listener for both kinds of TLS, since RabbitMQ has one setting for all: a certificate that a client shows is checked,
 * and who shows none has to log in. With `mutual` it is the certificate that logs in.
 * Files go to `directory`, which is there.
 */
export async function secureRabbitmq(directory: string): Promise<SecuredRabbitmq> {
  const { authority, server, client, user } = await certifyBroker(join(directory, 'rabbitmq-certificates'));
  const secure = `127.0.0.1:${await freePort()}`;
  const definitions = join(directory, 'rabbitmq-definitions.json');
  writeFileSync(definitions, JSON.stringify(usersAndRights(user)), { mode: 0o600 });
  return {
    plugins: ['rabbitmq_auth_mechanism_ssl'],
    settings: {
      'listeners.ssl.1': secure,
      'ssl_options.cacertfile': authority,
      'ssl_options.certfile': server.cert,
      'ssl_options.keyfile': server.key,
      'ssl_options.verify': 'verify_peer',
      'ssl_options.fail_if_no_peer_cert': 'false',
      'ssl_options.versions.1': 'tlsv1.3',
      'ssl_options.versions.2': 'tlsv1.2',
      'auth_mechanisms.1': 'PLAIN',
      'auth_mechanisms.2': 'AMQPLAIN',
      'auth_mechanisms.3': 'EXTERNAL',
      ssl_cert_login_from: 'common_name',
      load_definitions: definitions,
    },
    securityAt: (plain) => ({
      authority,
      client,
      user,
      listeners: { tls: secure, mutual: secure, sasl: plain, saslTls: secure, saslMutual: secure },
    }),
  };
}

/** With definitions of its own RabbitMQ makes no user by itself: guest, whom all others are, has to be there. */
function usersAndRights({ name, password }: BrokerUser) {
  const users = [
    { name: 'guest', password_hash: passwordHash('guest'), tags: ['administrator'] },
    { name, password_hash: passwordHash(password), tags: [] },
    // Without a password only its certificate opens.
    { name: certifiedUser, password_hash: '', tags: [] },
  ];
  return {
    users: users.map((user) => ({ ...user, hashing_algorithm: 'rabbit_password_hashing_sha256' })),
    vhosts: [{ name: '/' }],
    permissions: users.map(({ name }) => ({ user: name, vhost: '/', configure: '.*', write: '.*', read: '.*' })),
  };
}

/** As RabbitMQ keeps them: four bytes of salt, and SHA-256 over them and the password. */
function passwordHash(password: string): string {
  const salt = randomBytes(4);
  return Buffer.concat([salt, createHash('sha256').update(salt).update(password).digest()]).toString('base64');
}
