/** Version of Toxiproxy, and what docker-compose.yml has of it; a test holds the two together. */
export const toxiproxyVersion = '2.12.0';
export const toxiproxyImage = `ghcr.io/shopify/toxiproxy:${toxiproxyVersion}`;
export const toxiproxyPort = { WIREBENCH_TOXIPROXY_PORT: 28474 } as const;
