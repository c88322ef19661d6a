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

/** Of several queues or topics together; not known as soon as one is not. */
export function sumOfGauges(gauges: readonly BacklogGauge[]): BacklogGauge {
  const [only] = gauges;
  if (gauges.length === 1 && only !== undefined) return only;
  return {
    async read() {
      const counts = await Promise.all(gauges.map((gauge) => gauge.read()));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    async close() {
      await Promise.all(gauges.map((gauge) => gauge.close()));
    },
  };
}
