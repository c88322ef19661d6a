/** HAProxy, as https://docs.haproxy.org/2.6/configuration.html has it: one thread, no logs. */
import { join } from 'node:path';
import { apiKeyHeader, callerHeader } from '../../scenarios/gateway.ts';
import { aptProgram } from '../stack/apt-program.ts';
import { connectTimeoutMs, type GatewayKind, type GatewayPlan, tokenLeewayS } from './gateway-kind.ts';

const keyFile = 'issuer.pem';
const knownFile = 'known.keys';
const servedFile = 'served.keys';

export const haproxy: GatewayKind = {
  program: aptProgram({
    name: 'haproxy',
    title: 'HAProxy',
    package: 'haproxy',
    binary: 'haproxy',
    cost: '2 MB, about 10 s',
  }),
  rateLimitText: 'requests of the last second counted, refused ones too: who keeps asking above the rate is not served',
  configure: (plan) => ({
    'haproxy.cfg': configuration(plan),
    ...(plan.credentials === null
      ? {}
      : {
          [keyFile]: plan.credentials.publicKeyPem,
          [knownFile]: lines(Object.keys(plan.credentials.apiKeys)),
          [servedFile]: lines(
            Object.entries(plan.credentials.apiKeys).flatMap(([key, { isServed }]) => (isServed ? [key] : [])),
          ),
        }),
  }),
  check: (command, configuration) => ({ command, args: ['-c', '-f', configuration] }),
  start: (command, configuration) => ({ command, args: ['-db', '-f', configuration] }),
};

function lines(values: readonly string[]): string {
  return values.map((value) => `${value}\n`).join('');
}

function configuration(plan: GatewayPlan): string {
  return plan.settings.layer === 4 ? carrying(plan) : forwarding(plan);
}

const limits = (mode: 'tcp' | 'http') => `global
  nbthread 1
  fd-hard-limit 40000
defaults
  mode ${mode}
  timeout connect ${connectTimeoutMs}ms
  timeout client 1h
  timeout server 1h
  timeout tunnel 1h`;

/** Connections, whatever is on them. */
function carrying({ settings, instances, port }: GatewayPlan): string {
  const servers = Object.entries(instances).map(([name, address]) => `server ${name} ${address}`);
  return `${limits('tcp')}
${section('frontend gateway', [`bind 127.0.0.1:${port} backlog 4096`, 'default_backend instances'])}
${section('backend instances', [balance(settings), 'retries 0', ...servers])}
`;
}

function balance({ balance: how }: GatewayPlan['settings']): string {
  return `balance ${how === 'least-requests' ? 'leastconn' : 'roundrobin'}`;
}

function forwarding(plan: GatewayPlan): string {
  const { settings, instances, port, protocol, directory } = plan;
  const version = protocol === 'grpc' ? 'proto h2' : 'proto h1';
  const server = (name: string) => `server ${name} ${instances[name]}${protocol === 'grpc' ? ' proto h2' : ''}`;
  const routed = [...new Set(settings.routes.map(({ to }) => to))];
  const frontend = [
    `bind 127.0.0.1:${port} ${version} backlog 4096`,
    ...access(plan, directory),
    ...limit(plan),
    ...settings.routes
      .toReversed()
      .map(({ header, value, to }) => `use_backend only_${to} if { req.hdr(${header}) -m str ${quoted(value)} }`),
    'default_backend instances',
  ];
  const backend = [balance(settings), ...retries(plan), ...caching(plan)];
  return `${limits('http')}${cacheSection(plan)}
${section('frontend gateway', frontend)}
${section('backend instances', [...backend, ...Object.keys(instances).map(server)])}
${routed.map((name) => section(`backend only_${name}`, [...retries(plan), server(name)])).join('\n')}
`;
}

/** 64 MB of memory; what is larger than a quarter of it is not kept. */
function cacheSection({ cache }: GatewayPlan): string {
  if (cache === null) return '';
  const bounds = ['total-max-size 64', 'max-object-size 16777216', `max-age ${cache.maxAgeSeconds}`];
  return `\n${section('cache answers', bounds)}`;
}

/** In the words of RFC 9211, what it did. */
function caching({ cache }: GatewayPlan): string[] {
  if (cache === null) return [];
  return [
    'http-request cache-use answers',
    'http-response cache-store answers',
    'http-after-response set-header cache-status "haproxy; hit" if { res.cache_hit }',
    'http-after-response set-header cache-status "haproxy; fwd=uri-miss" if !{ res.cache_hit }',
  ];
}

function section(head: string, body: readonly string[]): string {
  return [head, ...body.map((line) => `  ${line}`)].join('\n');
}

function quoted(value: string): string {
  return `"${value.replaceAll(/["\\$]/g, '\\$&')}"`;
}

function retries({ settings }: GatewayPlan): string[] {
  if (settings.retries === 0) return ['retries 0'];
  return [`retries ${settings.retries}`, 'option redispatch 1', 'retry-on conn-failure empty-response 502 503'];
}

function access({ settings, credentials }: GatewayPlan, directory: string): string[] {
  if (credentials === null || settings.auth === 'none') return [];
  const deny = (status: number, unless: string) => `http-request deny deny_status ${status} unless ${unless}`;
  if (settings.auth === 'apiKey') {
    const held = (file: string) => `{ req.hdr(${apiKeyHeader}) -m str -f ${join(directory, file)} }`;
    return [deny(401, held(knownFile)), deny(403, held(servedFile))];
  }
  // Signature, issuer and time by hand: `jwt_verify` looks at the signature alone.
  return [
    deny(401, '{ req.hdr(authorization) -m found }'),
    'http-request set-var(txn.token) http_auth_bearer',
    deny(401, "{ var(txn.token),jwt_header_query('$.alg') -m str RS256 }"),
    deny(401, `{ var(txn.token),jwt_verify("RS256","${join(directory, keyFile)}") -m int 1 }`),
    deny(401, `{ var(txn.token),jwt_payload_query('$.iss') -m str ${quoted(credentials.issuer)} }`),
    "http-request set-var(txn.expires) var(txn.token),jwt_payload_query('$.exp','int')",
    "http-request set-var(txn.begins) var(txn.token),jwt_payload_query('$.nbf','int')",
    `http-request set-var(txn.past) date(-${tokenLeewayS})`,
    `http-request set-var(txn.future) date(${tokenLeewayS})`,
    deny(401, '{ var(txn.expires),sub(txn.past) -m int gt 0 }'),
    'http-request deny deny_status 401 if { var(txn.begins),sub(txn.future) -m int gt 0 }',
    deny(403, `{ var(txn.token),jwt_payload_query('$.aud') -m str ${quoted(credentials.audience)} }`),
  ];
}

function limit({ settings: { rateLimit } }: GatewayPlan): string[] {
  if (rateLimit === null) return [];
  const { ratePerS, burst, by } = rateLimit;
  return [
    'stick-table type string len 64 size 100k expire 10s store http_req_rate(1s)',
    `http-request track-sc0 ${by === 'caller' ? `hdr(${callerHeader})` : 'str(all)'}`,
    `http-request return status 429 hdr retry-after 1 if { sc_http_req_rate(0) gt ${ratePerS + burst} }`,
  ];
}
