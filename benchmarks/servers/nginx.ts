/** nginx with one worker, which answers every request with 200 and two bytes once it has the body. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../targets/process/free-port.ts';
import { startProcess } from '../../targets/process/supervised-process.ts';
import { type RunningServer, untilListening } from './running-server.ts';

export async function startNginx(program: string, signal: AbortSignal): Promise<RunningServer> {
  const directory = await mkdtemp(join(os.tmpdir(), 'wirebench-nginx-'));
  const port = await freePort();
  const config = join(directory, 'nginx.conf');
  await writeFile(config, configuration(directory, port));
  const logPath = join(directory, 'nginx.log');
  const args = ['-c', config, '-p', directory, '-e', join(directory, 'error.log')];
  const child = await startProcess({ name: 'nginx', command: program, args, logPath });
  const stop = async () => {
    await child.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await untilListening(child, port, signal);
    return { address: `127.0.0.1:${port}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** No log, no limit on requests per connection: nothing that would be charged to whichever tool is fast. */
function configuration(directory: string, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `  ${name}_temp_path ${join(directory, name)};`)
    .join('\n');
  return `daemon off;
master_process off;
worker_processes 1;
pid ${join(directory, 'nginx.pid')};
error_log ${join(directory, 'error.log')} warn;
events { worker_connections 4096; multi_accept on; }
http {
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 300s;
  client_body_buffer_size 16k;
  tcp_nodelay on;
${temporary}
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / { default_type application/json; return 200 '{}'; }
  }
}
`;
}
