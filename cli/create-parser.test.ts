import { describe, expect, it } from 'vitest';
import { createParser } from './create-parser.ts';

const read = async (...words: string[]) => createParser(words, { isDry: true }).parseAsync();

describe('an option', () => {
  it.each([
    ['--out', ['run', 'a.yaml', '--out', 'b', '--out', 'c']],
    ['--duration', ['plan', 'a.yaml', '--duration', '1s', '--duration', '2s']],
    ['--lose', ['decide', 'a', '--lose', 'nothing', '--lose', 'nothing']],
    ['--token-file', ['run', 'a.yaml', '--token-file', 'b', '--token-file', 'c']],
  ])('%s that takes one value is given once', async (option, words) => {
    await expect(read(...words)).rejects.toMatchObject({ exitCode: 2, message: `${option} is given more than once` });
  });

  it.each([
    ['--target', ['run', 'a.yaml', '--target']],
    ['--latency', ['decide', 'a', '--latency', '-5ms']],
    ['--out', ['run', 'a.yaml', '--out']],
  ])('%s without its value is told, and no bug of ours', async (option, words) => {
    await expect(read(...words)).rejects.toMatchObject({ exitCode: 2, message: `${option} needs a value` });
  });

  it('that may be given again is a list', async () => {
    const words = ['--image', 'a', '--join', 'tls://a:1/b', '--allow-host', 'x', '--allow-host', 'y'];
    expect(await read('agents', 'manifest', '--agents', '2', ...words)).toMatchObject({ allowHost: ['x', 'y'] });
  });
});
