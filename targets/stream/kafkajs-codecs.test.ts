import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

/** In a process of its own: how Node sees a CommonJS module is not how the test runner does. */
const script = `
const { giveKafkajsCodecs, kafkajsTypeOf } = await import(process.argv[1]);
const { default: { CompressionCodecs } } = await import('kafkajs');
giveKafkajsCodecs();
for (const codec of ['gzip', 'snappy', 'lz4', 'zstd']) {
  const { compress, decompress } = CompressionCodecs[kafkajsTypeOf({ codec })]();
  const packed = await compress({ buffer: Buffer.alloc(10_000, codec) });
  console.log(codec, packed.length < 1_000, (await decompress(packed)).equals(Buffer.alloc(10_000, codec)));
}`;

it('gives kafkajs all its codecs', async () => {
  const path = join(import.meta.dirname, 'kafkajs-codecs.ts');
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, path], {
    cwd: import.meta.dirname,
  });
  expect(stdout.trim().split('\n')).toEqual(['gzip', 'snappy', 'lz4', 'zstd'].map((codec) => `${codec} true true`));
});
