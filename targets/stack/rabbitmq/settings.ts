/** What the native RabbitMQ and docker-compose.yml share; a test holds the two together. */

/** The series that its makers care for. Natively runs what the system ships, Debian 12's 3.10; this one was not run here. */
export const rabbitmqImage = 'rabbitmq:4.2.5';

/** Alarms would block publishers because of the machine, not of the broker. */
export const rabbitmqSettings = {
  'vm_memory_high_watermark.relative': '0.6',
  'disk_free_limit.absolute': '50MB',
  heartbeat: '60',
  'log.console': 'true',
  'log.console.level': 'warning',
  'log.file': 'false',
} as const;

/** What three nodes have beside it: the second and the third join the first by its name. */
export const rabbitmqClusterSettings = {
  'cluster_formation.peer_discovery_backend': 'classic_config',
} as const;
