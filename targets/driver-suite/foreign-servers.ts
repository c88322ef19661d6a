/** For tests: servers that nobody here wrote, in Go; each is built once from its public source and kept beside the stack's programs. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../process/free-port.ts';
import { type SupervisedProcess, startProcess } from '../process/supervised-process.ts';
import { until } from '../process/until.ts';
import { cacheDirectory, installInto } from '../stack/stack-cache.ts';

export interface ForeignServer {
  readonly port: number;
  readonly process: SupervisedProcess;
}

export interface ForeignTls {
  readonly cert: string;
  readonly key: string;
}

/** HTTP and, at `/websocket/echo`, WebSocket. */
export async function startGoHttpbin(
  logPath: string,
  tls?: ForeignTls,
  more: readonly string[] = [],
): Promise<ForeignServer> {
  const command = await built(
    'go-httpbin',
    '2.26.0',
    'go-httpbin',
    'github.com/mccutchen/go-httpbin/v2/cmd/go-httpbin',
  );
  const secured = tls === undefined ? [] : ['-https-cert-file', tls.cert, '-https-key-file', tls.key];
  const args = ['-host', '127.0.0.1', '-log-level', 'ERROR', ...secured, ...more];
  return start('go-httpbin', command, args, logPath);
}

/** The interoperability server of grpc-go, with methods of all four kinds. */
export async function startGrpcGo(logPath: string, tls?: ForeignTls): Promise<ForeignServer> {
  const command = await built('grpc-go-interop', '1.85.0', 'server', 'google.golang.org/grpc/interop/server');
  const secured = tls === undefined ? [] : ['-use_tls', '-tls_cert_file', tls.cert, '-tls_key_file', tls.key];
  return start('grpc-go', command, secured, logPath);
}

/** Resolves its path. */
async function built(part: string, version: string, program: string, goPackage: string): Promise<string> {
  const directory = cacheDirectory(part, version);
  if (!existsSync(directory)) {
    await installInto(directory, async (temporary) => {
      const env = { ...process.env, GOBIN: temporary };
      await promisify(execFile)('go', ['install', `${goPackage}@v${version}`], { env });
    });
  }
  return join(directory, program);
}

async function start(name: string, command: string, args: readonly string[], logPath: string): Promise<ForeignServer> {
  const port = await freePort();
  const child = await startProcess({ name, command, args: ['-port', String(port), ...args], logPath });
  await untilListening(name, port);
  return { port, process: child };
}

export async function untilListening(name: string, port: number): Promise<void> {
  await until(`${name} listens`, async () => {
    const socket = net.connect(port, '127.0.0.1');
    const isThere = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    return isThere;
  });
}
