/** Runs in the vitest process, once, when an integration test is among the files: owns the parts of the shared test stack. */
import { createServer, type IncomingMessage } from 'node:http';
import type { TestProject } from 'vitest/node';
import { BenchError } from '../../result/bench-error.ts';
import { brokerNames } from './broker-parts.ts';
import { ensurePrograms } from './install.ts';
import { startNativeStack } from './native-stack.ts';
import { programs } from './programs.ts';
import { sweepLeftovers } from './run-directory.ts';
import type { SharedNeeds, SharedParts } from './shared-test-stack.ts';
import type { BrokerName, RunningStack } from './stack.ts';
import type { ToxiproxyClient } from './toxiproxy-client.ts';

type Part = 'toxiproxy' | BrokerName;

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await sweepLeftovers();
  const parts = new PartsOnDemand();
  const server = createServer((request, response) => {
    parts.answer(request).then(
      (found) => response.end(JSON.stringify(found)),
      (error: unknown) => response.writeHead(500).end(textOf(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  project.provide('sharedTestStack', `http://127.0.0.1:${typeof address === 'object' ? address?.port : address}/`);
  return async () => {
    server.close();
    server.closeAllConnections();
    await parts.down();
  };
}

class PartsOnDemand {
  readonly #started = new Map<Part, Promise<RunningStack>>();
  readonly #end = new AbortController();

  async answer(request: IncomingMessage): Promise<SharedParts> {
    let body = '';
    for await (const chunk of request) body += chunk;
    const needs = JSON.parse(body) as SharedNeeds;
    const wanted = brokerNames.filter((name) => needs[name]);
    const [proxy, ...brokers] = await Promise.all([
      this.#start('toxiproxy'),
      ...wanted.map((name) => this.#start(name)),
    ]);
    return {
      toxiproxyUrl: proxy?.toxiproxy?.apiUrl ?? '',
      directory: proxy?.directory ?? '',
      versions: Object.assign({}, proxy?.versions, ...brokers.map(({ versions }) => versions)),
      brokers: Object.assign({}, ...brokers.map((stack) => stack.brokers)),
    };
  }

  /** A failed start is not tried again: the next test would only wait for it once more. */
  #start(part: Part): Promise<RunningStack> {
    const begun = this.#started.get(part) ?? this.#startNow(part);
    this.#started.set(part, begun);
    return begun;
  }

  async #startNow(part: Part): Promise<RunningStack> {
    const toxiproxy: ToxiproxyClient | null = part === 'toxiproxy' ? null : (await this.#start('toxiproxy')).toxiproxy;
    const log = (line: string) => void process.stderr.write(`${programs[part].title}: ${line}\n`);
    const paths = await ensurePrograms([part], { confirm: async () => true, log, signal: this.#end.signal });
    const needs = { toxiproxy: true, brokers: part === 'toxiproxy' ? {} : { [part]: 1 } };
    return startNativeStack(needs, paths, this.#end.signal, toxiproxy);
  }

  async down(): Promise<void> {
    this.#end.abort();
    const stacks = await Promise.allSettled(this.#started.values());
    await Promise.all(stacks.map(async (stack) => (stack.status === 'fulfilled' ? stack.value.down() : undefined)));
  }
}

function textOf(error: unknown): string {
  if (error instanceof BenchError) return `${error.message}\n${error.hint ?? ''}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
