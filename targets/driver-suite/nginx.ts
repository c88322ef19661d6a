/** For tests: nginx with TLS, with certificates of clients, and with HTTP/2 before a gRPC server. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../process/free-port.ts';
import { type SupervisedProcess, startProcess } from '../process/supervised-process.ts';
import { untilListening } from './foreign-servers.ts';

export interface Nginx {
  /** `asking`: for a certificate of the client; `h2` speaks HTTP/2, has `/web` and hands all else to the gRPC server. */
  readonly ports: Readonly<Record<'open' | 'asking' | 'h2', number>>;
  readonly process: SupervisedProcess;
}

const pem = (name: string) => join(import.meta.dirname, '../fixtures/tls', `${name}.pem`);

/** All are `localhost`. `grpcPort`: of a gRPC server over TLS on this machine. */
export async function startNginx(folder: string, grpcPort: number): Promise<Nginx> {
  const [open, asking, h2] = [await freePort(), await freePort(), await freePort()];
  const body = '{ return 200 "ok"; }';
  const fine = `location / ${body}`;
  const byClient = `ssl_verify_client on; ssl_client_certificate ${pem('authority')};`;
  const server = (listen: string, more: string) => `server { listen 127.0.0.1:${listen}; ${more} }\n`;
  const path = join(folder, 'nginx.conf');
  writeFileSync(
    path,
    `daemon off; master_process off; pid ${folder}/nginx.pid; error_log stderr;
events { }
http {
  access_log off; keepalive_requests 100000;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  ssl_certificate ${pem('localhost')}; ssl_certificate_key ${pem('localhost-key')};
  ${server(`${open} ssl`, fine)}
  ${server(`${asking} ssl`, `${byClient} ${fine}`)}
  ${server(`${h2} ssl http2`, `location = /web ${body} location / { grpc_pass grpcs://127.0.0.1:${grpcPort}; }`)}
}
`,
  );
  const logPath = join(folder, 'nginx.log');
  const process = await startProcess({ name: 'nginx', command: 'nginx', args: ['-e', 'stderr', '-c', path], logPath });
  await untilListening('nginx', h2);
  return { ports: { open, asking, h2 }, process };
}
