/** Toxiproxy's control API with deadlines: the npm client has neither time-outs nor cancellation. */
import toxiproxyNodeClient from 'toxiproxy-node-client';
import { BenchError, exitCodes } from '../../result/bench-error.ts';

const { Toxiproxy } = toxiproxyNodeClient;

/** Removing a toxic waits for its links; under traffic Toxiproxy has been seen to take seconds. */
const defaultDeadlineMs = 5_000;

export interface ToxicSpec {
  readonly name: string;
  /** Toxiproxy's own type name, e.g. `latency`. */
  readonly type: 'latency' | 'bandwidth' | 'slow_close' | 'timeout' | 'reset_peer' | 'slicer' | 'limit_data';
  readonly stream: 'upstream' | 'downstream';
  readonly attributes: Readonly<Record<string, number>>;
}

export interface ProxyListing {
  readonly name: string;
  readonly listen: string;
  readonly upstream: string;
  readonly enabled: boolean;
  readonly toxics: readonly ToxicSpec[];
}

/** All methods reject with a BenchError (exit 3) when Toxiproxy refuses, is gone, or takes longer than the deadline. */
export interface ToxiproxyClient {
  readonly apiUrl: string;
  /** From here on calls wait, until what is returned is called: it is known to be gone, and to come back. */
  hold(): () => void;
  version(): Promise<string>;
  /** Resolves with the address it really listens at. */
  createProxy(name: string, listen: string, upstream: string): Promise<{ readonly listen: string }>;
  listProxies(): Promise<readonly ProxyListing[]>;
  /** A proxy that is already gone is no error. */
  removeProxy(name: string): Promise<void>;
  setEnabled(proxy: string, enabled: boolean): Promise<void>;
  addToxic(proxy: string, toxic: ToxicSpec): Promise<void>;
  /** Its attributes; connections that are open feel it, too. */
  updateToxic(proxy: string, toxic: ToxicSpec): Promise<void>;
  /** A toxic that is already gone is no error. */
  removeToxic(proxy: string, name: string): Promise<void>;
  listToxics(proxy: string): Promise<readonly string[]>;
  /** Enables all proxies and removes all toxics. */
  reset(): Promise<void>;
}

export function connectToxiproxy(apiUrl: string, deadlineMs: number = defaultDeadlineMs): ToxiproxyClient {
  const api = new Toxiproxy(apiUrl);
  let held: Promise<void> | null = null;
  const call = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    await held;
    return bounded(`Toxiproxy: ${what}`, work(), deadlineMs);
  };
  /** By proxy: the last change. Toxiproxy has been seen to stand still when one is made while another is under way. */
  const changes = new Map<string, Promise<unknown>>();
  const change = <T>(proxy: string, what: string, work: () => Promise<T>): Promise<T> => {
    const made = (changes.get(proxy) ?? Promise.resolve()).then(() => call(what, work));
    changes.set(
      proxy,
      made.catch(() => undefined),
    );
    return made;
  };
  const gone = (error: unknown) => /\b404\b|not found/i.test(causeText(error));
  return {
    apiUrl,
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return () => {
        if (held === promise) held = null;
        resolve();
      };
    },
    version: () =>
      call('asking for its version', async () => {
        const answer = await api.getVersion(); // JSON since 2.5, a bare number before
        return /"version":\s*"([^"]+)"/.exec(answer)?.[1] ?? answer.trim();
      }),
    async createProxy(name, listen, upstream) {
      const proxy = await call(`creating proxy ${name}`, () => api.createProxy({ name, listen, upstream }));
      return { listen: proxy.listen };
    },
    async removeProxy(name) {
      try {
        await change(name, `removing proxy ${name}`, async () => (await api.get(name)).remove());
      } catch (error) {
        if (!gone(error)) throw error;
      }
    },
    async setEnabled(name, enabled) {
      await change(name, `${enabled ? 'enabling' : 'disabling'} ${name}`, async () => {
        const proxy = await api.get(name);
        await proxy.update({ enabled, listen: proxy.listen, upstream: proxy.upstream });
      });
    },
    async addToxic(name, { name: toxic, type, stream, attributes }) {
      await change(name, `adding toxic ${toxic}`, async () => {
        const proxy = await api.get(name);
        await proxy.addToxic({ name: toxic, type, stream, toxicity: 1, attributes });
      });
    },
    async updateToxic(name, { name: toxic, attributes }) {
      await change(name, `changing toxic ${toxic}`, async () => {
        await api.getApi().post(`${apiUrl}/proxies/${name}/toxics/${toxic}`, { attributes });
      });
    },
    async removeToxic(name, toxic) {
      try {
        await change(name, `removing toxic ${toxic}`, async () =>
          (await (await api.get(name)).getToxic(toxic)).remove(),
        );
      } catch (error) {
        if (!gone(error)) throw error;
      }
    },
    listToxics: (name) =>
      call(`listing toxics of ${name}`, async () => {
        // Its own Proxy leaves the toxics of the answer out.
        const { data } = await api.getApi().get<ProxyListing>(`${apiUrl}/proxies/${name}`);
        return data.toxics.map((toxic) => toxic.name);
      }),
    listProxies: () =>
      call('listing its proxies', async () => {
        const { data } = await api.getApi().get<Readonly<Record<string, ProxyListing>>>(`${apiUrl}/proxies`);
        return Object.values(data);
      }),
    reset: () => call('reset', () => api.reset()),
  };
}

function causeText(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? cause.message : String(cause);
}

async function bounded<T>(what: string, work: Promise<T>, deadlineMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${deadlineMs / 1e3} s`)), deadlineMs);
  });
  try {
    return await Promise.race([work, late]);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BenchError('toxiproxy', `${what} failed: ${why}`, {
      hint: 'Is Toxiproxy still running? `bench stack status` and its log tell.',
      exitCode: exitCodes.stack,
      cause,
    });
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined); // it may fail after its deadline
  }
}
