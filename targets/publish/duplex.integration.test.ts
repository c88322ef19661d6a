/** Events among answers, on the connections that send the requests. */
import { afterEach, expect, it } from 'vitest';
import { usualPush } from '../../scenarios/push-settings.ts';
import type { GrpcTarget, WebSocketTarget } from '../../scenarios/scenario.ts';
import { outcomes } from '../driver.ts';
import { handOverRig } from '../driver-suite/hand-over-rig.ts';
import { until } from '../process/until.ts';

const common = { engine: 'native', via: 'direct', connections: 1, push: { ...usualPush, duplex: true } } as const;
const websocket: WebSocketTarget = { ...common, name: 'websocket', protocol: 'websocket' };
const grpc: GrpcTarget = { ...common, name: 'grpc', protocol: 'grpc', reflection: false, calls: 'stream' };

const openHandOver = handOverRig('duplex');
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

it.each([websocket, grpc])(
  'of $name are told from the answers, which all come, and each is counted',
  async (target) => {
    const { session, services } = await openHandOver(target, {}, 1, 'publish');
    closers.push(...services.map((service) => () => service.stop()), () => session.close());
    const ended = await Promise.all(Array.from({ length: 40 }, () => session.run('placeOrder')));
    expect(ended.filter(({ outcome }) => outcome !== outcomes.ok)).toEqual([]);
    // What says where the subscription begins is one more.
    await until('all events are there', () => session.session.ignoredMessages?.() === 41);
    expect(session.violations).toEqual([]);
  },
  60_000,
);
