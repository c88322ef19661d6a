import { describe, expect, it } from 'vitest';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { answerLink } from './answer-link.ts';
import { AskedLinks } from './asked-links.ts';
import type { LinkTo } from './load-source.ts';

function asked(linkOf: LinkTo | undefined) {
  const failures: unknown[] = [];
  const links: AskedLinks = new AskedLinks((broker) => {
    void answerLink(broker, linkOf, {
      answer: (address, reason) => links.answered(broker, address, reason),
      fail: (error) => failures.push(error),
    });
  });
  return { links, failures };
}

describe('answerLink', () => {
  it('tells the address, which is asked for once', async () => {
    let calls = 0;
    const { links, failures } = asked(async (broker) => `${broker}-${++calls}`);
    expect(await Promise.all([links.addressOf('a'), links.addressOf('a')])).toEqual(['a-1', 'a-1']);
    expect(links.addressOf('a')).toBe('a-1');
    expect(failures).toEqual([]);
  });

  it('tells why nothing leads there, and is asked again', async () => {
    let isUp = false;
    const { links, failures } = asked(async () => {
      if (!isUp) throw new Error('the proxy is away');
      return 'here:1';
    });
    await expect(links.addressOf('a')).rejects.toThrow('the proxy is away');
    isUp = true;
    expect(await links.addressOf('a')).toBe('here:1');
    await expect(asked(undefined).links.addressOf('a')).rejects.toThrow('nothing leads there');
    expect(failures).toEqual([]);
  });

  it('ends the load where a host is not allowed', async () => {
    const error = new BenchError('foreignHost', 'not there', { exitCode: exitCodes.usage });
    const { links, failures } = asked(() => Promise.reject(error));
    await expect(links.addressOf('a')).rejects.toThrow('not there');
    expect(failures).toEqual([error]);
  });
});
