/** Of a producer's clock, and what became of it; null: nobody's. */
export interface ProducerOrigin {
  /** The same for all that share a clock. */
  readonly host: number;
  /** How far its times may be off, µs. */
  readonly boundUs: number;
  /** Its records were lost with its agent. */
  readonly isLost: boolean;
}
