import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  EvidenceReader,
  EvidenceWriter,
  evidenceFlags,
  evidenceKinds,
  wholeEvidence,
  withoutEvidence,
} from './evidence.ts';
import { formatOperationId } from './operation-id.ts';

const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-evidence-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const id = (sequence: number, producer = 0) => formatOperationId('trial', producer, sequence);
const sequences = (reader: EvidenceReader) => [...reader.more()].map(({ sequence }) => sequence);

describe('evidence', () => {
  it('says what became of which operation, in which part and at which step', () => {
    const path = join(folder, 'whole');
    const writer = new EvidenceWriter(path, 7);
    writer.append(evidenceKinds.received, id(1, 300), 0xffffffff, 'a', evidenceFlags.redelivered);
    writer.append(evidenceKinds.step, id(2), 3, 'b', evidenceFlags.unchanged, 4);
    writer.append(evidenceKinds.refused, 'somebody else’s', 3, 'b');
    writer.close();
    writer.append(evidenceKinds.applied, id(3), 3, 'b');
    const [first, second, ...rest] = new EvidenceReader(path).more();
    expect(first).toMatchObject({ kind: evidenceKinds.received, producer: 300, sequence: 1, checksum: 0xffffffff });
    expect(first).toMatchObject({ redelivered: true, changed: true, part: 7, step: 0 });
    expect(second).toMatchObject({
      kind: evidenceKinds.step,
      sequence: 2,
      redelivered: false,
      changed: false,
      part: 7,
      step: 4,
    });
    expect(rest).toEqual([]);
  });

  it('of several processes is read in the order of time', () => {
    const paths = ['one', 'two', 'three'].map((name) => join(folder, name));
    const writers = paths.map((path, part) => new EvidenceWriter(path, part));
    const order = Array.from({ length: 200 }, (_, n) => (n * 7 + Math.floor(n / 5)) % 3);
    order.forEach((part, n) => {
      writers[part]?.append(evidenceKinds.received, id(n), 0, '');
    });
    const records = [...new EvidenceReader(...paths).more()];
    expect(records.map(({ sequence }) => sequence)).toEqual(order.map((_, n) => n));
    expect(records.map(({ part }) => part)).toEqual(order);
  });

  it('is read as it grows, a torn record only once it is whole', () => {
    const [path, other] = [join(folder, 'growing'), join(folder, 'beside')];
    const reader = new EvidenceReader(path, other, join(folder, 'never written'));
    expect(sequences(reader)).toEqual([]);
    const writer = new EvidenceWriter(path);
    writer.append(evidenceKinds.received, id(1), 0, '');
    appendFileSync(other, new Uint8Array(16));
    expect(sequences(reader)).toEqual([1]);
    appendFileSync(other, new Uint8Array(16));
    writer.append(evidenceKinds.applied, id(2), 0, '');
    expect(sequences(reader)).toEqual([0, 2]);
    expect(sequences(reader)).toEqual([]);
  });

  it('is read on where a reading broke off', () => {
    const [path, other] = [join(folder, 'left'), join(folder, 'right')];
    const writers = [new EvidenceWriter(path), new EvidenceWriter(other)];
    writers.forEach((writer, n) => {
      writer.append(evidenceKinds.received, id(n), 0, '');
    });
    for (const { sequence } of new EvidenceReader(path, other).more()) {
      expect(sequence).toBe(0);
      break;
    }
    expect(sequences(new EvidenceReader(path, other))).toEqual([0, 1]);
  });

  it('is whole where each process has left its file, also one that did nothing; else it says whose is missing', () => {
    const paths = ['orders', 'payment', 'inventory'].map((part) => join(folder, `parts.${part}`));
    const names = ['orders', 'payment', 'inventory'];
    for (const path of paths) new EvidenceWriter(path).close();
    expect(wholeEvidence(paths)).toEqual(paths);
    expect(withoutEvidence(paths, names)).toEqual([]);
    rmSync(paths[1] ?? '');
    expect(wholeEvidence(paths)).toBeNull();
    expect(withoutEvidence(paths, names)).toEqual(['payment']);
    expect(withoutEvidence(null, names)).toEqual([]); // an own system leaves none
  });
});
