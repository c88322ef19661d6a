import { expect, it } from 'vitest';
import { renderMarkdown } from '../exchange/markdown.ts';
import { fixtureResult } from '../fixtures/fixture-result.ts';
import { renderHtml } from '../html/html.ts';

const result = fixtureResult();
const support = { rabbitmq: 'Debian’s, out of community support since July 2023' };

it('says beside the figures whether a broker’s makers still care for its version', () => {
  const told = { ...result, environment: { ...result.environment, support } };
  expect(renderMarkdown(told)).toContain('rabbitmq: 3.10.8, Debian’s, out of community support since July 2023');
  expect(renderHtml(told)).toContain('rabbitmq 3.10.8 (Debian’s, out of community support since July 2023)');
  expect(renderMarkdown(result)).not.toContain('community support');
});
