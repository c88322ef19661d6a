import { describe, expect, it } from 'vitest';
import { BenchError } from '../result/bench-error.ts';
import { parseOutputs } from './outputs.ts';

const names = ['terminal', 'json', 'github', 'junit'] as const;
const parse = (text: string) => parseOutputs(text, names, ['terminal', 'github']);

function refusal(text: string): BenchError {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof BenchError) return error;
  }
  throw new Error(`${text} was taken`);
}

describe('parseOutputs', () => {
  it('reads where each format goes, each once', () => {
    expect(parse(' terminal, json=- ,junit=build/a=b.xml,junit=build/a=b.xml'.replace('terminal,', ''))).toEqual([
      { format: 'json', to: '-' },
      { format: 'junit', to: 'build/a=b.xml' },
    ]);
    expect(parse('terminal,github')).toEqual([
      { format: 'terminal', to: null },
      { format: 'github', to: null },
    ]);
  });

  it.each(['terminal,json=-', 'json=-,junit=-', 'github,json=-'])('refuses %s: one program reads stdout', (text) => {
    const { message, hint, exitCode } = refusal(text);
    expect([exitCode, message]).toEqual([2, expect.stringMatching(/would both go to stdout/)]);
    expect(hint).toMatch(/=PATH/);
  });

  it('lets the report beside when it goes to a file', () => {
    expect(parse('terminal=report.txt,json=-')).toHaveLength(2);
  });

  it('suggests what was meant, and wants a path after the sign', () => {
    expect(refusal('jnit').hint).toMatch(/^Did you mean junit\?/);
    expect(refusal('junit=').message).toMatch(/names no file/);
    expect(refusal(' , ').exitCode).toBe(2);
  });
});
