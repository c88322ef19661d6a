import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BenchExit, BenchProcess, runBench } from './bench-process.ts';
import { benchRig } from './bench-rig.ts';

const token = 's3cr3t/Tok+en=42!ä';
const host = 'Secret-Host.invalid';
/** As a scenario writes them. */
const [theToken, theHost] = ['TOKEN', 'HOST'].map((name) => `\${${name}}`);
const rig = benchRig('secrets');
let server: Server;
let port: number;

beforeAll(async () => {
  // A careless service: it says again what it was sent.
  server = createServer((request, response) => {
    const said = String(request.headers.authorization ?? '');
    response.writeHead(500, `no ${encodeURIComponent(said)}`, { 'x-said': encodeURIComponent(said) }).end(said);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => void server.close());

/** Of a secret, in which it may be told on. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  // Within `user:…`, whichever of the three alignments: the characters that hold nothing but the secret.
  const cores = ['', 'u', 'ux'].map((before) =>
    Buffer.from(`${before}${secret}`)
      .toString('base64')
      .slice(Math.ceil((before.length * 4) / 3), -4),
  );
  const plain = [secret, encodeURIComponent(secret), encodeURI(secret), JSON.stringify(secret).slice(1, -1)];
  return [...plain, secret.toLowerCase(), bytes.toString('base64'), bytes.toString('base64url'), ...cores];
}

function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' });
}

/** Names and contents of all files, what was printed, and the arguments that children were seen with. */
function everythingOf(out: string, exit: BenchExit, childArguments: Iterable<string> = []): [string, string][] {
  const files = filesIn(out).map((name): [string, string] => {
    const path = join(out, name);
    return [name, statSync(path).isFile() ? readFileSync(path, 'latin1') + readFileSync(path, 'utf8') : ''];
  });
  const names: [string, string] = ['names of files', filesIn(out).join('\n')];
  const printed: [string, string][] = [
    ['stdout', exit.stdout],
    ['stderr', exit.stderr],
  ];
  return [...files, names, ...printed, ['arguments', [...childArguments].join('\n')]];
}

function expectNone(everything: readonly [string, string][], secret: string): void {
  const found = everything.flatMap(([where, text]) =>
    formsOf(secret).flatMap((form) => (text.includes(form) ? [`${where}: ${form}`] : [])),
  );
  expect(found).toEqual([]);
}

function write(name: string, lines: readonly string[]): string {
  return rig.write(name, `${lines.join('\n')}\n`);
}

const request = (authorization: string) =>
  `{ ping: { method: POST, path: /a, body: "${theToken}", headers: { authorization: ${authorization} } } }`;
const head = (name: string) => [
  `name: ${name}`,
  `question: "Is ${theToken} quick?"`,
  'workload: { operations: { ping: { pattern: request-reply } } }',
  'load: { model: open, rate: 20/s, duration: 500ms, warmup: 0s }',
  'thresholds: [ "all p99 < 10s" ]',
];

describe('values of the environment', () => {
  it.each(['native', 'autocannon'])('are in nothing that a run leaves or shows, played by %s', async (engine) => {
    const scenario = write(`${engine}.yaml`, [
      ...head(engine),
      'targets:',
      `  own: { protocol: rest, engine: ${engine}, via: direct, address: "http://127.0.0.1:${port}", requests: ${request('"x"')} }`,
      'sweep:',
      '  list:',
      `    - { requests.ping.headers.authorization: "Bearer ${theToken}" }`,
      `    - { requests.ping.headers.authorization: "Basic ${theToken}", connections: 2 }`,
    ]);
    const out = join(rig.folder, engine);
    const formats = 'terminal,json,html,hlog,csv,markdown';
    const run = new BenchProcess(['run', scenario, '--out', out, '--format', formats], { TOKEN: token });
    const seen = new Set<string>();
    let over = false;
    void run.exited.then(() => {
      over = true;
    });
    while (!over) {
      for (const pid of run.descendants()) seen.add(argumentsOf(pid));
      await sleep(20);
    }
    const exit = await run.exited;
    expect(exit.stdout).toContain(out);
    const everything = everythingOf(out, exit, seen);
    expectNone(everything, token);
    // And yet it is told which variant is which.
    const stored = Object.fromEntries(everything);
    for (const name of ['result.json', 'report.html']) expect(stored[name]).toContain(`Bearer ${theToken}`);
  });

  it('are in no error of a host that is not there', async () => {
    const scenario = write('host.yaml', [
      ...head('host'),
      `targets: { own: { protocol: rest, via: direct, address: "http://${theHost}:${port}", requests: ${request('"x"')} } }`,
      `allowHosts: [ "${theHost}" ]`,
    ]);
    const out = join(rig.folder, 'host');
    const exit = await runBench(['run', scenario, '--out', out], { TOKEN: token, HOST: host });
    expect(exit.code).toBe(3);
    const everything = everythingOf(out, exit);
    expectNone(everything, host);
    expectNone(everything, token);
    expect(exit.stderr).toContain(`${theHost}`);
  });

  it('are in no message of validate, wherever a sweep puts them', async () => {
    const scenario = write('invalid.yaml', [
      ...head('invalid'),
      `targets: { own: { protocol: rest, via: direct, address: "http://127.0.0.1:${port}", requests: ${request('"x"')} } }`,
      `sweep: { list: [ { requests.ping.headers.authorization: "${theToken}" }, { address: "http://${theHost}:1" }, { connections: "${theToken}" }, { client: "${theToken}" } ] }`,
    ]);
    for (const command of ['validate', 'plan', 'run']) {
      const exit = await runBench([command, scenario], { TOKEN: token, HOST: host });
      expect(exit.code).toBe(2);
      expectNone(
        [
          ['stdout', exit.stdout],
          ['stderr', exit.stderr],
        ],
        token,
      );
      expectNone(
        [
          ['stdout', exit.stdout],
          ['stderr', exit.stderr],
        ],
        host,
      );
    }
  });
});

function argumentsOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
