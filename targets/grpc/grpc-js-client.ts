import { createSecureContext } from 'node:tls';
import { type ChannelCredentials, type ChannelOptions, Client, credentials } from '@grpc/grpc-js';
import type { Endpoint } from '../driver-kit/client-socket.ts';
import { secureContextOf } from '../driver-kit/tls-options.ts';
import { hostPort } from '../host-port.ts';

/** A client that dials `endpoint` and calls the peer what the scenario calls it, as its certificate must, too. */
export function createGrpcJsClient({ host, port, tls, authority }: Endpoint, options: ChannelOptions = {}): Client {
  const address = hostPort(host, port);
  return new Client(address, tls === null ? credentials.createInsecure() : secured(tls), {
    'grpc.default_authority': authority,
    'grpc.enable_http_proxy': 0,
    ...(tls === null ? {} : { 'grpc.ssl_target_name_override': tls.hostname }),
    ...options,
  });
}

/** Its own default would trust a file that GRPC_DEFAULT_SSL_ROOTS_FILE_PATH names in place of what all other clients trust. */
function secured({ settings }: NonNullable<Endpoint['tls']>): ChannelCredentials {
  const verify = settings?.verify ?? true;
  const context = settings === undefined ? createSecureContext() : secureContextOf(settings);
  return credentials.createFromSecureContext(context, { rejectUnauthorized: verify });
}
