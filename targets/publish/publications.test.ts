import { expect, it } from 'vitest';
import { usualPush } from '../../scenarios/push-settings.ts';
import { type Listener, Publications, type PublishedEvent } from './publications.ts';

/** Reads only when it is told to. */
class Reader implements Listener {
  readonly had: number[] = [];
  isCutOff = false;
  readonly #unread: (() => void)[] = [];

  write({ position }: PublishedEvent, written: () => void): number {
    this.had.push(position);
    this.#unread.push(written);
    return 100;
  }

  read(): void {
    for (const written of this.#unread.splice(0)) written();
  }

  cutOff(): void {
    this.isCutOff = true;
  }
}

const settings = { ...usualPush, bufferBytes: 150 };

function publish(publications: Publications, events: number): void {
  for (let n = 0; n < events; n++) publications.publish({ id: `${publications.last + 1}`, payload: '' });
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

it('gives each listener what is published from when it comes', () => {
  const publications = new Publications(usualPush);
  const [first, second] = [new Reader(), new Reader()];
  expect(publications.join(first, null)).toBe(0);
  publish(publications, 2);
  expect(publications.join(second, null)).toBe(2);
  publish(publications, 1);
  expect([first.had, second.had]).toEqual([[1, 2, 3], [3]]);
});

it('gives one that comes again what it missed, no faster than it reads', async () => {
  const publications = new Publications(settings);
  publish(publications, 6);
  const reader = new Reader();
  expect(publications.join(reader, 2)).toBe(2);
  await nextTurn();
  expect(reader.had).toEqual([3, 4]);
  publish(publications, 1);
  reader.read();
  expect(reader.had).toEqual([3, 4, 5, 6]);
  reader.read();
  expect(reader.had).toEqual([3, 4, 5, 6, 7]);
  expect(publications.overflow).toEqual({ dropped: 0, disconnected: 0, blockedMs: 0 });
});

it('begins with what is kept where the log is shorter than the gap, or of another life', () => {
  const publications = new Publications({ ...settings, log: 2 });
  publish(publications, 3);
  expect(publications.join(new Reader(), 0)).toBe(0);
  publish(publications, 7);
  expect(publications.join(new Reader(), 1)).toBeGreaterThanOrEqual(7);
  expect(publications.since(900, 10).map(({ position }) => position)).toEqual(
    publications.since(0, 10).map(({ position }) => position),
  );
  const forgetful = new Publications({ ...settings, log: 0 });
  publish(forgetful, 3);
  expect(forgetful.join(new Reader(), 1)).toBe(3);
});

it('cuts off who does not read', () => {
  const publications = new Publications({ ...settings, overflow: 'disconnect' });
  const [slow, other] = [new Reader(), new Reader()];
  publications.join(slow, null);
  publications.join(other, null);
  for (let n = 0; n < 4; n++) {
    publish(publications, 1);
    other.read();
  }
  expect([slow.isCutOff, other.isCutOff]).toEqual([true, false]);
  expect([slow.had, other.had]).toEqual([
    [1, 2],
    [1, 2, 3, 4],
  ]);
  expect(publications.overflow.disconnected).toBe(1);
});

it('leaves out what there is no room for', () => {
  const publications = new Publications({ ...settings, overflow: 'drop' });
  const slow = new Reader();
  publications.join(slow, null);
  publish(publications, 4);
  slow.read();
  publish(publications, 1);
  expect(slow.had).toEqual([1, 2, 5]);
  expect(publications.overflow.dropped).toBe(2);
});

it('holds up all until the slow one has read, or is gone', () => {
  const publications = new Publications({ ...settings, overflow: 'block' });
  const [slow, other] = [new Reader(), new Reader()];
  publications.join(slow, null);
  publications.join(other, null);
  for (let n = 0; n < 6; n++) {
    publish(publications, 1);
    other.read();
  }
  expect(other.had).toEqual([1, 2]);
  slow.read();
  other.read();
  expect(other.had.slice(0, 4)).toEqual([1, 2, 3, 4]);
  publications.leave(slow);
  other.read();
  expect(other.had).toEqual([1, 2, 3, 4, 5, 6]);
  expect(publications.overflow.blockedMs).toBeGreaterThan(0);
});
