/** What Toxiproxy led over each link of a trial, both ways. It counts a connection when that ends. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LinkName } from '../../scenarios/scenario.ts';
import type { Link, RunningStack } from '../../targets/stack/stack.ts';
import { readMetrics } from './prometheus-text.ts';

type Links = Readonly<Partial<Record<LinkName, Link>>>;
/** By link. */
export type LinkBytes = Readonly<Record<string, number>>;

const received = 'toxiproxy_proxy_received_bytes_total';
const readWithinMs = 2_000;
const mostReadings = 10;
const readEveryMs = 50;

export class LinkMeter {
  readonly #metricsUrl: string;
  readonly #proxies: ReadonlyMap<string, string>;
  readonly #before: LinkBytes;

  private constructor(metricsUrl: string, proxies: ReadonlyMap<string, string>, before: LinkBytes) {
    this.#metricsUrl = metricsUrl;
    this.#proxies = proxies;
    this.#before = before;
  }

  /** Before anything is sent. null: there are no links, or their Toxiproxy does not say. */
  static async open(stack: RunningStack | null, links: Links): Promise<LinkMeter | null> {
    const apiUrl = stack?.toxiproxy?.apiUrl;
    const all = Object.entries(links).flatMap(([name, link]) =>
      link === undefined ? [] : [link, ...(link.others ?? [])].map(({ proxy }) => [proxy, name] as const),
    );
    if (apiUrl === undefined || all.length === 0) return null;
    const metricsUrl = `${apiUrl.replace(/\/$/, '')}/metrics`;
    const proxies = new Map(all);
    const before = await readBytes(metricsUrl, proxies);
    return before === null ? null : new LinkMeter(metricsUrl, proxies, before);
  }

  /** Once all connections over the links are closed. null: not known. */
  async read(): Promise<LinkBytes | null> {
    let last = await readBytes(this.#metricsUrl, this.#proxies);
    for (let n = 0; n < mostReadings && last !== null; n++) {
      await sleep(readEveryMs);
      const next = await readBytes(this.#metricsUrl, this.#proxies);
      if (next !== null && sumOf(next) === sumOf(last)) break;
      last = next;
    }
    if (last === null) return null;
    return Object.fromEntries(Object.entries(last).map(([name, bytes]) => [name, bytes - (this.#before[name] ?? 0)]));
  }
}

function sumOf(bytes: LinkBytes): number {
  return Object.values(bytes).reduce((sum, one) => sum + one, 0);
}

async function readBytes(url: string, proxies: ReadonlyMap<string, string>): Promise<LinkBytes | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(readWithinMs) });
    if (!response.ok) return null;
    const bytes: Record<string, number> = Object.fromEntries([...proxies.values()].map((name) => [name, 0]));
    for (const { name, labels, value } of readMetrics(await response.text())) {
      const link = name === received ? proxies.get(labels.proxy ?? '') : undefined;
      if (link !== undefined) bytes[link] = (bytes[link] ?? 0) + value;
    }
    return bytes;
  } catch {
    return null;
  }
}
