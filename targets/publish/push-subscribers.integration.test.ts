import { usualPush } from '../../scenarios/push-settings.ts';
import type { GrpcTarget, PushSettings, RestTarget, WebSocketTarget } from '../../scenarios/scenario.ts';
import { describeSubscriberContract } from '../driver-suite/subscriber-contract.ts';

const common = { engine: 'native', via: 'direct', connections: 1 } as const;
const websocket: WebSocketTarget = { ...common, name: 'websocket', protocol: 'websocket' };
const rest: RestTarget = { ...common, name: 'rest', protocol: 'rest' };
const grpc: GrpcTarget = { ...common, name: 'grpc', protocol: 'grpc', reflection: false };
const push = (settings: Partial<PushSettings>) => ({ push: { ...usualPush, ...settings } });

describeSubscriberContract('WebSocket', websocket, { keepsPlace: true });
describeSubscriberContract('WebSocket without a log', { ...websocket, ...push({ log: 0 }) }, { keepsPlace: false });
describeSubscriberContract('server-sent events', rest, { keepsPlace: true });
describeSubscriberContract('polling', { ...rest, ...push({ pollMs: 20 }) }, { keepsPlace: true });
describeSubscriberContract('a gRPC stream', grpc, { keepsPlace: true });
describeSubscriberContract('gRPC both ways', { ...grpc, calls: 'stream' }, { keepsPlace: true });
