/** A probe through TLS waits for the handshake, and shows what the target's own connections show. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RestTarget } from '../../scenarios/scenario.ts';
import { certifyTarget } from '../../targets/security/secure-target.ts';
import { serverTlsOptions } from '../../targets/security/server-tls-options.ts';
import { probeLink, probeOf } from './link-probe.ts';

const target: RestTarget = {
  ...{ name: 'rest', protocol: 'rest', engine: 'native', via: 'direct', connections: 1, tlsMode: 'mutual' },
};
let directory: string;
let server: Server;
let secured: RestTarget;
let address: string;

beforeAll(async () => {
  directory = mkdtempSync(join(os.tmpdir(), 'wirebench-probe-'));
  const certified = await certifyTarget(target, directory);
  if (certified.tls === null) throw new Error('nothing was certified');
  secured = certified.target as RestTarget;
  server = createServer(serverTlsOptions(certified.tls), (_request, response) => response.end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(directory, { recursive: true, force: true });
});

it('is answered', async () => {
  expect(await probeLink(probeOf(secured), address, 5_000)).toMatchObject({ outcome: 'answered' });
});

it('is not answered without the certificate that clients show', async () => {
  const { ca = '', serverName = '' } = secured.tls ?? {};
  const bare = { ...secured, tls: { ca, serverName, verify: true } };
  expect(await probeLink(probeOf(bare), address, 5_000)).toEqual({ outcome: 'closed' });
});

it('trusts nobody whom the target’s own connections would not', async () => {
  const { tls: _, ...untold } = secured;
  const other = { ...untold, tls: { serverName: 'shop.test', verify: true } };
  expect(await probeLink(probeOf(other), address, 5_000)).toEqual({ outcome: 'closed' });
});
