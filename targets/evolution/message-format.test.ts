import { describe, expect, it } from 'vitest';
import { schemaChanges, schemaSides } from '../../result/evolution-names.ts';
import { type Change, changes } from './changes.ts';
import { formats, grpcFormats } from './message-format.ts';

const all = { ...formats, gRPC: grpcFormats.protobuf };
const inProtobuf = [formats.protobuf, grpcFormats.protobuf];

describe.each(Object.entries(all))('%s', (_name, { formatOf }) => {
  it.each(schemaChanges)('reads what its own version wrote: %s', (change) => {
    for (const version of schemaSides) {
      const side = changes[change][version];
      const format = formatOf(side);
      expect(format.read(format.write(side.says))).toEqual(side.says);
    }
  });
});

it.each(inProtobuf)(
  'protobuf of before reads a wider number without its upper half, and of a new enum value the number',
  ({ formatOf }) => {
    const readByOld = ({ old, new: changed }: Change) => formatOf(old).read(formatOf(changed).write(changed.says));
    expect(readByOld(changes.fieldWidened)).toEqual({ id: 'order-1', cents: 5_000_000_000 % 2 ** 32 });
    expect(readByOld(changes.enumValueAdded)).toEqual({ id: 'order-1', status: 2 });
  },
);

it('JSON that is not as its schema says is refused', () => {
  const { old, new: changed } = changes.fieldWidened;
  expect(() => formats.jsonChecked.formatOf(old).read(formats.json.formatOf(changed).write(changed.says))).toThrow(
    'schema',
  );
});
