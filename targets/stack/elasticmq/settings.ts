/** What the native ElasticMQ and docker-compose.yml share; a test holds the two together. */
export const elasticmqVersion = '1.7.1';
export const elasticmqImage = `softwaremill/elasticmq-native:${elasticmqVersion}`;
export const elasticmqHeap = '256m';

/** The first compiler alone: seen to take half of the CPU an order, and to be warm in a third of the time. */
export const elasticmqJvm = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'] as const;

/** As `config.file` takes it: limits as Amazon's, nothing kept on disk, no page with statistics. */
export function elasticmqConfig(address: { readonly host: string; readonly port: number }): string {
  return [
    'include classpath("application.conf")',
    `node-address { protocol = http, host = "${address.host}", port = ${address.port}, context-path = "" }`,
    `rest-sqs { enabled = true, bind-hostname = "${address.host}", bind-port = ${address.port}, sqs-limits = strict }`,
    'rest-stats { enabled = false }',
    'queues-storage { enabled = false }',
    'messages-storage { enabled = false }',
    'pekko { loglevel = "WARNING" }', // at its own, DEBUG, each event is made and then thrown away
    '',
  ].join('\n');
}
