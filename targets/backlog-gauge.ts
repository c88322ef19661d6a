/** How much waits in a broker for its consumer, asked over a connection of its own, past the proxy. */
export interface BacklogGauge {
  /** Messages. Rejects while the broker cannot say; the next call connects anew. */
  read(): Promise<number>;
  /** Does not wait for ever. */
  close(): Promise<void>;
}

export interface BacklogSource {
  /** What is counted, in words. */
  readonly counts: string;
  /** `address`: `host:port` of the broker itself; `names`: those of the trial's resources. Connects when it is read. */
  open(address: string, names: Readonly<Record<string, string>>): BacklogGauge;
  /** Of what our service has refused and put aside, with a place of the trial's own. */
  openDeadLetters(address: string, names: Readonly<Record<string, string>>): BacklogGauge;
}
