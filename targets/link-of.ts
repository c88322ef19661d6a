/** Where `host:port` of a broker is to be dialled; a promise only where nobody has asked before. */
export type LinkOf = (broker: string) => string | Promise<string>;
