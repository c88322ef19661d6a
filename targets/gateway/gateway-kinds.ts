/** The programs that can stand before a reference target. */
import type { GatewayName } from '../../scenarios/gateway.ts';
import { envoy } from './envoy.ts';
import type { GatewayKind } from './gateway-kind.ts';
import { haproxy } from './haproxy.ts';
import { nginx } from './nginx.ts';

export const gatewayKinds: Readonly<Record<GatewayName, GatewayKind>> = { nginx, envoy, haproxy };
