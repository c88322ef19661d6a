/** Why a TLS handshake failed, told alike whichever library it was that failed. */

export interface TlsFailure {
  /** Of few distinct values: what attempts are counted under. */
  readonly reason: string;
  /** What may be done about it, for whoever wrote the scenario. */
  readonly hint: string;
}

interface Kind extends TlsFailure {
  readonly codes: readonly string[];
  /** In what libraries say that keep the code to themselves. */
  readonly words: RegExp;
}

const orUnverified = 'or say `tls: { verify: false }` on the target, and the figures will say so.';
const kinds: readonly Kind[] = [
  {
    reason: 'certificate expired',
    codes: ['CERT_HAS_EXPIRED'],
    words: /certificate has expired/,
    hint: `The service has to renew it; ${orUnverified}`,
  },
  {
    reason: 'certificate not valid yet',
    codes: ['CERT_NOT_YET_VALID'],
    words: /certificate is not yet valid/,
    hint: `Compare the clocks of both machines; ${orUnverified}`,
  },
  {
    reason: 'certificate of another host',
    codes: ['ERR_TLS_CERT_ALTNAME_INVALID'],
    words: /does not match certificate's altnames/,
    hint: `Write a name into the address that the certificate has, or say it by \`tls: { serverName: … }\`; ${orUnverified}`,
  },
  {
    reason: 'certificate of an unknown authority',
    codes: [
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'UNABLE_TO_GET_ISSUER_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    ],
    words: /self[- ]signed certificate|unable to (verify the first|get (local )?issuer) certificate/,
    hint: `Name the certificate of the authority by \`tls: { ca: file.pem }\` on the target, or for all by NODE_EXTRA_CA_CERTS=file.pem in the environment; ${orUnverified}`,
  },
  {
    reason: 'client certificate required',
    codes: ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'ERR_SSL_TLSV1_ALERT_CERTIFICATE_REQUIRED'],
    words: /alert certificate required/,
    hint: 'The service wants to see who asks: name certificate and key by `tls: { cert: …, key: … }` on the target.',
  },
  {
    reason: 'client certificate refused',
    codes: [
      'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
      'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
      'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE',
      'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED',
      'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED',
      'ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN',
      'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_UNKNOWN',
    ],
    words: /alert (unknown ca|bad certificate|certificate (expired|unknown))/,
    hint: 'The service does not take what `tls: { cert, key }` shows, or wants to see one.',
  },
  {
    reason: 'version of HTTP not offered',
    codes: ['ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL', 'ERR_SSL_TLSV13_ALERT_NO_APPLICATION_PROTOCOL'],
    words: /alert no application protocol/,
    hint: 'It does not speak the version that is asked for: a REST target says which by `http: 1` or `http: 2`; gRPC needs 2.',
  },
  {
    reason: 'no TLS spoken there',
    codes: ['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'ERR_SSL_HTTP_REQUEST'],
    words: /wrong version number|packet length too long|:http request:|secure TLS connection was established/,
    hint: 'What answers there speaks in clear: check the port, or the scheme of the address.',
  },
];

/** null: it is nothing of TLS. Looks into what an error was caused by, too. */
export function tlsFailureOf(error: unknown): TlsFailure | null {
  for (const { code = '', message } of causesOf(error)) {
    const kind = kinds.find(({ codes, words }) => codes.includes(code) || words.test(message));
    if (kind !== undefined) return kind;
  }
  return null;
}

function* causesOf(error: unknown, depth = 0): Generator<NodeJS.ErrnoException> {
  if (!(error instanceof Error) || depth > 8) return;
  yield error;
  yield* causesOf(error.cause, depth + 1);
  if ('errors' in error && Array.isArray(error.errors)) for (const one of error.errors) yield* causesOf(one, depth + 1);
}
