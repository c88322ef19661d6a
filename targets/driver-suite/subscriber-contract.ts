/** What holds for the subscribers of every protocol, with real parts: publications through the driver, subscribers behind a proxy. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Resume } from '../../scenarios/push-settings.ts';
import type { Target } from '../../scenarios/scenario.ts';
import { outcomes } from '../driver.ts';
import { until } from '../process/until.ts';
import { type SharedTestStack, sharedTestStack } from '../stack/shared-test-stack.ts';
import type { Link } from '../stack/stack.ts';
import type { EventSink } from '../subscriber.ts';
import { handOverRig } from './hand-over-rig.ts';

export interface SubscriberTraits {
  /** Whoever comes again has what was published meanwhile. */
  readonly keepsPlace: boolean;
  /** Has `subscription: shared`, with these settings beside. */
  readonly shares?: Partial<Target>;
}

const count = 3;
const never = new AbortController().signal;

class SeenEvents implements EventSink {
  readonly ids: string[][] = Array.from({ length: count }, () => []);
  readonly subscriptions: number[] = Array(count).fill(0);
  readonly losses: number[] = Array(count).fill(0);

  subscribed(subscriber: number): void {
    this.subscriptions[subscriber] = (this.subscriptions[subscriber] ?? 0) + 1;
  }

  received(subscriber: number, id: string): void {
    this.ids[subscriber]?.push(id);
  }

  lost(subscriber: number): void {
    this.losses[subscriber] = (this.losses[subscriber] ?? 0) + 1;
  }
}

export function describeSubscriberContract(
  name: string,
  target: Target,
  { keepsPlace, shares }: SubscriberTraits,
): void {
  describe(`Subscribers of ${name}`, () => {
    const openHandOver = handOverRig('push');
    const closers: (() => Promise<unknown>)[] = [];
    let stack: SharedTestStack;

    beforeAll(async () => {
      stack = await sharedTestStack();
    });
    afterEach(async () => {
      for (const close of closers.splice(0).reverse()) await close();
    });
    afterAll(() => stack?.down());

    async function subscribe(resume: Resume = 'lastSeen', settings: Partial<Target> = {}) {
      const listened = { ...target, ...settings } as Target;
      const { entry, address, names, tag, session, services } = await openHandOver(listened, {}, 1, 'publish');
      closers.push(...services.map((service) => () => service.stop()), () => session.close());
      const link = await stack.openLink('client', address);
      const seen = new SeenEvents();
      const context = { target: listened, address: link.address, linkOf: () => link.address, names, trialTag: tag };
      const numbers = { subscribers: [0, 1, 2], count, resume };
      const subscription = await entry.subscriber?.open({ ...context, ...numbers }, seen, never);
      if (subscription === undefined) throw new Error(`${name} has no subscribers`);
      closers.push(() => subscription.close());
      const publish = async (events: number): Promise<string[]> => {
        const ended = await Promise.all(Array.from({ length: events }, () => session.run('placeOrder')));
        expect(ended.filter(({ outcome }) => outcome !== outcomes.ok)).toEqual([]);
        return ended.map(({ id }) => id);
      };
      return { link, seen, subscription, publish };
    }

    const all = (seen: SeenEvents, ids: readonly string[]) =>
      until(`each of ${count} has ${ids.length}`, () => seen.ids.every((own) => own.length >= ids.length), 20_000);

    it('have each all that is published, in its order, from when they are open', async () => {
      const { seen, publish } = await subscribe();
      expect(seen.subscriptions).toEqual([1, 1, 1]);
      const ids = await publish(40);
      await all(seen, ids);
      expect(seen.ids).toEqual([ids, ids, ids]);
      expect(seen.losses).toEqual([0, 0, 0]);
    }, 60_000);

    it('do not wait for one that does not read, which has it all later', async () => {
      const { seen, subscription, publish } = await subscribe();
      subscription.pause(1);
      const ids = await publish(40);
      await until('the others have all', () => [0, 2].every((n) => seen.ids[n]?.length === 40), 20_000);
      expect(seen.ids[1]?.length).toBeLessThan(40);
      subscription.resume(1);
      await all(seen, ids);
      expect(seen.ids).toEqual([ids, ids, ids]);
    }, 60_000);

    it(`that are cut off come again, and ${keepsPlace ? 'miss nothing' : 'miss what was published meanwhile'}`, async () => {
      const { link, seen, subscription, publish } = await subscribe();
      const before = await publish(10);
      await all(seen, before);
      const { meanwhile, after } = await cut(link, seen, publish);
      const owed = [...before, ...(keepsPlace ? meanwhile : []), ...after];
      await until('all that is owed', () => seen.ids.every((own) => new Set(own).size >= owed.length), 20_000);
      for (const own of seen.ids) expect([...new Set(own)].sort()).toEqual(owed.sort());
      expect(seen.losses).toEqual([1, 1, 1]);
      expect(subscription.reconnects()).toBe(count);
      expect(subscription.bytesRead?.() ?? 1).toBeGreaterThan(0);
    }, 60_000);

    it('that do not ask for what they missed have what is published once they are there again', async () => {
      const { link, seen, publish } = await subscribe('none');
      const { after } = await cut(link, seen, publish);
      await all(seen, after);
      expect(seen.ids).toEqual([after, after, after]);
    }, 60_000);

    it.runIf(shares !== undefined)(
      'that share a subscription have each event once between them, also those of a cut',
      async () => {
        const { link, seen, publish } = await subscribe('lastSeen', {
          ...shares,
          subscription: 'shared',
        } as Partial<Target>);
        const before = await publish(60);
        const had = () => seen.ids.flat();
        await until('one of them has each', () => had().length >= before.length, 20_000);
        expect(had().sort()).toEqual(before.sort());
        expect(seen.ids.every((own) => own.length > 0)).toBe(true);
        const { meanwhile, after } = await cut(link, seen, publish);
        const owed = [...before, ...meanwhile, ...after];
        await until('all that is owed', () => new Set(had()).size >= owed.length, 20_000);
        expect([...new Set(had())].sort()).toEqual(owed.sort());
      },
      60_000,
    );

    /** `after` is published when all are there again. */
    async function cut(link: Link, seen: SeenEvents, publish: (events: number) => Promise<string[]>) {
      await stack.toxiproxy.setEnabled(link.proxy, false);
      await until('each is cut off', () => seen.losses.every((losses) => losses === 1), 20_000);
      const meanwhile = await publish(10);
      await stack.toxiproxy.setEnabled(link.proxy, true);
      await until('each is there again', () => seen.subscriptions.every((times) => times === 2), 20_000);
      await sleep(50);
      return { meanwhile, after: await publish(10) };
    }
  });
}
