/** nginx, as https://nginx.org/en/docs/ has it: one worker, no logs, connections to the instances kept. */
import { apiKeyHeader, callerHeader } from '../../scenarios/gateway.ts';
import { aptProgram } from '../stack/apt-program.ts';
import { connectTimeoutMs, type GatewayKind, type GatewayPlan, keptConnections } from './gateway-kind.ts';

const variable = (header: string) => `$http_${header.replaceAll('-', '_')}`;

export const nginx: GatewayKind = {
  program: aptProgram({
    name: 'nginx',
    title: 'nginx',
    package: 'nginx-light',
    binary: 'nginx',
    cost: '2 MB, about 10 s',
  }),
  rateLimitText: 'leaky bucket: one request each 1/rate, and `burst` more at once that fill up again at the rate',
  configure: (plan) => ({ 'nginx.conf': configuration(plan) }),
  check: (command, configuration, { directory }) => ({
    command,
    args: [...args(configuration, directory), '-t', '-q'],
  }),
  start: (command, configuration, { directory }) => ({ command, args: args(configuration, directory) }),
};

function args(configuration: string, directory: string): string[] {
  return ['-p', directory, '-c', configuration, '-e', 'stderr'];
}

function configuration(plan: GatewayPlan): string {
  const { settings, instances, protocol, port } = plan;
  const routed = [...new Set(settings.routes.map(({ to }) => to))];
  const groups = [
    upstream('instances', Object.values(instances), settings.balance === 'least-requests'),
    ...routed.map((name) => upstream(`only_${name}`, [instances[name] ?? ''], false)),
  ];
  const http = [
    'access_log off;',
    'keepalive_requests 1000000000;',
    'keepalive_timeout 300s;',
    'client_max_body_size 64m;',
    ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ./${name};`),
    ...apiKeys(plan),
    ...limitZone(plan),
    ...cacheZone(plan),
    ...routeMap(plan),
    ...(protocol === 'websocket' ? ['map $http_upgrade $wanted { default upgrade; "" ""; }'] : []),
    ...groups,
    `server {\n  listen 127.0.0.1:${port}${protocol === 'grpc' ? ' http2' : ''} backlog=4096;`,
    ...(protocol === 'grpc' ? ['  http2_max_concurrent_streams 1024;'] : []),
    '  location / {',
    ...[...access(plan), ...caching(plan), ...forward(plan)].map((line) => `    ${line}`),
    '  }',
    ...(plan.settings.rateLimit === null ? [] : tooMany),
    '}',
  ];
  return `daemon off;
master_process off;
worker_processes 1;
pid ./nginx.pid;
error_log stderr warn;
events { worker_connections 8192; }
http {
${http.map((line) => `  ${line.replaceAll('\n', '\n  ')}`).join('\n')}
}
`;
}

function upstream(name: string, addresses: readonly string[], leastRequests: boolean): string {
  // `max_fails=0`: a server is not left out for what happened before, as with the other gateways.
  const servers = addresses.map((address) => `server ${address} max_fails=0;`);
  const lines = [...(leastRequests ? ['least_conn;'] : []), ...servers, `keepalive ${keptConnections};`];
  return `upstream ${name} {\n${lines.map((line) => `  ${line}`).join('\n')}\n}`;
}

/** 0: nobody knows it; 1: served; 2: of somebody who is served elsewhere. */
function apiKeys({ settings, credentials }: GatewayPlan): string[] {
  if (settings.auth !== 'apiKey' || credentials === null) return [];
  const keys = Object.entries(credentials.apiKeys).map(([key, { isServed }]) => `  "${key}" ${isServed ? 1 : 2};`);
  return [[`map ${variable(apiKeyHeader)} $admitted {`, '  default 0;', ...keys, '}'].join('\n')];
}

/** The others say when to come back, too. */
const tooMany = ['  error_page 429 @later;', '  location @later { add_header retry-after 1 always; return 429; }'];

/** Bounded by the memory for its keys alone, of which 1 MB holds about 8,000. In the words of RFC 9211, what it did. */
function cacheZone({ cache }: GatewayPlan): string[] {
  if (cache === null) return [];
  return [
    'proxy_cache_path ./cache keys_zone=answers:16m inactive=1h use_temp_path=off;',
    [
      'map $upstream_cache_status $did {',
      '  default "nginx; fwd=uri-miss";',
      '  HIT "nginx; hit";',
      '  REVALIDATED "nginx; fwd=stale; fwd-status=304";',
      '  EXPIRED "nginx; fwd=stale";',
      '}',
    ].join('\n'),
  ];
}

/** What it always asks about is over as soon as it is there: so says `x-accel-expires`, and `no-cache` would keep it out. */
function caching({ cache }: GatewayPlan): string[] {
  if (cache === null) return [];
  return [
    'proxy_cache answers;',
    'proxy_cache_key $request_uri;',
    'proxy_cache_revalidate on;',
    ...(cache.kind === 'etag' ? ['proxy_ignore_headers Cache-Control;'] : []),
    'add_header cache-status $did;',
  ];
}

function limitZone({ settings: { rateLimit } }: GatewayPlan): string[] {
  if (rateLimit === null) return [];
  const key = rateLimit.by === 'caller' ? variable(callerHeader) : '$server_port';
  return [`limit_req_zone ${key} zone=limit:1m rate=${rateLimit.ratePerS}r/s;`, 'limit_req_status 429;'];
}

function routeMap({ settings: { routes } }: GatewayPlan): string[] {
  return routes.map(
    ({ header, value, to }, n) =>
      `map ${variable(header)} $route${n} {\n  default ${n === 0 ? 'instances' : `$route${n - 1}`};\n  "${value}" only_${to};\n}`,
  );
}

function access({ settings }: GatewayPlan): string[] {
  const { auth, rateLimit } = settings;
  return [
    ...(auth === 'apiKey' ? ['if ($admitted = 0) { return 401; }', 'if ($admitted = 2) { return 403; }'] : []),
    ...(rateLimit === null
      ? []
      : [`limit_req zone=limit${rateLimit.burst > 0 ? ` burst=${rateLimit.burst} nodelay` : ''};`]),
  ];
}

function forward({ settings, protocol }: GatewayPlan): string[] {
  const { routes, retries } = settings;
  const to = routes.length === 0 ? 'instances' : `$route${routes.length - 1}`;
  const module = protocol === 'grpc' ? 'grpc' : 'proxy';
  const again = retries === 0 ? 'off' : 'error timeout http_502 http_503 non_idempotent';
  return [
    `${module}_connect_timeout ${connectTimeoutMs}ms;`,
    `${module}_read_timeout 1h;`,
    `${module}_send_timeout 1h;`,
    `${module}_next_upstream ${again};`,
    ...(retries === 0 ? [] : [`${module}_next_upstream_tries ${retries + 1};`]),
    ...(protocol === 'grpc'
      ? [`grpc_pass grpc://${to};`]
      : [
          'proxy_http_version 1.1;',
          'proxy_set_header Host $http_host;',
          ...(protocol === 'websocket'
            ? ['proxy_set_header Upgrade $http_upgrade;', 'proxy_set_header Connection $wanted;']
            : ['proxy_set_header Connection "";']),
          `proxy_pass http://${to};`,
        ]),
  ];
}
