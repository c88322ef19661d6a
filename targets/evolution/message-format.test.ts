import { describe, expect, it } from 'vitest';
import { type Change, changeNames, changes, versions } from './changes.ts';
import { formats, grpcFormat } from './message-format.ts';

const all = { ...formats, gRPC: grpcFormat };
const inProtobuf = [formats.protobuf, grpcFormat];

describe.each(Object.entries(all))('%s', (_name, formatOf) => {
  it.each(changeNames)('reads what its own version wrote: %s', (change) => {
    for (const version of versions) {
      const side = changes[change][version];
      const format = formatOf(side);
      expect(format.read(format.write(side.says))).toEqual(side.says);
    }
  });
});

it.each(inProtobuf)(
  'protobuf of before reads a wider number without its upper half, and of a new enum value the number',
  (formatOf) => {
    const readByOld = ({ old, new: changed }: Change) => formatOf(old).read(formatOf(changed).write(changed.says));
    expect(readByOld(changes['field widened'])).toEqual({ id: 'order-1', cents: 5_000_000_000 % 2 ** 32 });
    expect(readByOld(changes['enum value added'])).toEqual({ id: 'order-1', status: 2 });
  },
);

it('JSON that is not as its schema says is refused', () => {
  const { old, new: changed } = changes['field widened'];
  expect(() => formats['JSON, checked'](old).read(formats.JSON(changed).write(changed.says))).toThrow('schema');
});
