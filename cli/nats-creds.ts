/** For tests: a NATS as a company runs it, with an operator, an account, and users that are known by JWT and NKey. */
import { createAccount, createOperator, createUser, type KeyPair } from '@nats-io/nkeys';

export interface NatsRealm {
  /** Settings of the server that let in whom `userCreds` makes, and nobody else. */
  readonly settings: object;
  /** The file that `--nats-creds` takes, of a user who may do that much; left out: everything. */
  userCreds(
    name: string,
    rights?: { readonly publish: readonly string[]; readonly subscribe: readonly string[] },
  ): string;
}

export function natsRealm(): NatsRealm {
  const [operator, account] = [createOperator(), createAccount()];
  const anyNumber = { conn: -1, leaf: -1, imports: -1, exports: -1, subs: -1, data: -1, payload: -1, wildcards: true };
  const accountJwt = signed(operator, account, 'perf', { type: 'account', limits: anyNumber });
  return {
    settings: {
      operator: signed(operator, operator, 'company', { type: 'operator' }),
      resolver: 'MEMORY',
      resolver_preload: { [account.getPublicKey()]: accountJwt },
    },
    userCreds(name, rights) {
      const user = createUser();
      const limits = rights && {
        pub: { allow: rights.publish },
        sub: { allow: rights.subscribe },
        resp: { max: 1, ttl: 0 },
      };
      const jwt = signed(account, user, name, { type: 'user', subs: -1, data: -1, payload: -1, ...limits });
      return [
        `-----BEGIN NATS USER JWT-----\n${jwt}\n------END NATS USER JWT------\n`,
        `-----BEGIN USER NKEY SEED-----\n${Buffer.from(user.getSeed()).toString()}\n------END USER NKEY SEED------\n`,
      ].join('\n');
    },
  };
}

/** A JWT in the form that NATS has for them. */
function signed(issuer: KeyPair, subject: KeyPair, name: string, claims: object): string {
  const encoded = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const body = {
    ...{ jti: name, iat: Math.floor(Date.now() / 1e3), name },
    ...{ iss: issuer.getPublicKey(), sub: subject.getPublicKey(), nats: { version: 2, ...claims } },
  };
  const text = `${encoded({ typ: 'JWT', alg: 'ed25519-nkey' })}.${encoded(body)}`;
  return `${text}.${Buffer.from(issuer.sign(Buffer.from(text))).toString('base64url')}`;
}
