/** Toxiproxy's control API with deadlines: the npm client has neither time-outs nor cancellation. */
export interface ToxicSpec {
  readonly name: string;
  /** Toxiproxy's own type name, e.g. `latency`. */
  readonly type: string;
  readonly stream: 'upstream' | 'downstream';
  readonly attributes: Readonly<Record<string, number>>;
}

export interface ToxiproxyClient {
  readonly apiUrl: string;
  version(): Promise<string>;
  createProxy(name: string, listen: string, upstream: string): Promise<{ readonly listen: string }>;
  removeProxy(name: string): Promise<void>;
  setEnabled(proxy: string, enabled: boolean): Promise<void>;
  addToxic(proxy: string, toxic: ToxicSpec): Promise<void>;
  /** A toxic that is already gone is no error. */
  removeToxic(proxy: string, name: string): Promise<void>;
  listToxics(proxy: string): Promise<readonly string[]>;
  /** Enables all proxies and removes all toxics. */
  reset(): Promise<void>;
}
