/** Of a producer's clock, and what became of it; null: nobody's. */
export interface ProducerOrigin {
  /** Whose offset from our clock its times were put into it by: the same for all whose errors are one. */
  readonly clock: number;
  /** How far its times may be off, µs. */
  readonly boundUs: number;
  /** Its records were lost with its agent. */
  readonly isLost: boolean;
}
