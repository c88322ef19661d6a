/** Of brokers of ours. `address`: `host:port`, of a cluster all of them with commas between. */
export function amqpUrls(address: string): [string, ...string[]] {
  const [first = '', ...others] = address.split(',').map((one) => `amqp://${one}`);
  return [first, ...others];
}
