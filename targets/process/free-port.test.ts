import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { freePort } from './free-port.ts';

const range = '/proc/sys/net/ipv4/ip_local_port_range';
const [low = 0, high = 0] = existsSync(range) ? readFileSync(range, 'utf8').split(/\s+/).map(Number) : [];

describe('freePort', () => {
  it('gives ports that can be listened at, never one twice', async () => {
    const ports = await Promise.all(Array.from({ length: 50 }, () => freePort()));
    expect(new Set(ports).size).toBe(50);
    for (const port of ports.slice(0, 5)) {
      const server = createServer().listen(port, '127.0.0.1');
      await once(server, 'listening');
      server.close();
    }
  });

  // Where the kernel takes nearly all of them, there is no better choice.
  it.runIf(low > 25_000)('gives none that an outgoing connection could take before it is bound', async () => {
    for (const port of await Promise.all(Array.from({ length: 50 }, () => freePort()))) {
      expect(port < low || port > high, String(port)).toBe(true);
    }
  });

  it('gives no port to two runs, though neither listens yet', async () => {
    const count = 400; // of about 12,700: without reservation some pair would meet nearly always
    const pickers = Array.from({ length: 4 }, () =>
      spawn(process.execPath, [join(import.meta.dirname, 'fixtures', 'port-picker.ts'), String(count)], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
    try {
      const lines = await Promise.all(pickers.map(({ stdout }) => once(createInterface({ input: stdout }), 'line')));
      const ports = lines.flatMap(([line]) => JSON.parse(String(line)) as number[]);
      expect(ports).toHaveLength(4 * count);
      expect(new Set(ports).size).toBe(4 * count);
    } finally {
      for (const picker of pickers) picker.stdin.end();
    }
  });
});
