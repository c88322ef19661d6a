/** Whom our NATS lets do what, asked of the server itself. */
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createConnection, createServer } from 'node:net';
import os from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createUser, type KeyPair } from '@nats-io/nkeys';
import { connect, type NatsConnection, nkeyAuthenticator } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { BenchError } from '../../result/bench-error.ts';
import { freePort } from '../../targets/process/free-port.ts';
import { ensurePrograms } from '../../targets/stack/install.ts';
import { type NativeNats, startNats } from '../../targets/stack/native/nats.ts';
import { runAgent } from './agent.ts';
import { packMessage, subjectsOf } from './agent-messages.ts';
import { agentRights, joinerRights } from './agent-rights.ts';
import { Bus, type BusLogin } from './bus.ts';
import { joinRun } from './join-run.ts';

const run = 'abcdef01';
const subjects = subjectsOf(run);
const signal = new AbortController().signal;
const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-rights-'));
const keys = [createUser(), createUser()];
let nats: NativeNats;
let url = '';
const open: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  const { 'nats-server': binary } = await ensurePrograms(['nats-server'], {
    ...{ confirm: async () => true, log: () => undefined, signal },
  });
  const port = await freePort();
  url = `tls://127.0.0.1:${port}`;
  const context = { directory: folder, signal, onSpawn: () => undefined };
  nats = await startNats(binary, { host: '127.0.0.1', port, joining: joinerRights(run) }, context);
  for (const [k, key] of keys.entries()) await admit(key, k);
}, 240_000);

afterAll(async () => {
  for (const one of open) await one.close();
  await nats.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Until the server has read of it, and refuses nobody for reading. */
async function admit(key: KeyPair, k: number): Promise<void> {
  await nats.admit(key.getPublicKey(), agentRights(run, k));
  await vi.waitFor(() => busFor({ seed: key.getSeed() }).then((bus) => bus.close()), { timeout: 10_000 });
}

/** As somebody who does as he likes, not as our agents do. */
async function agent(k: number): Promise<NatsConnection> {
  const authenticator = nkeyAuthenticator(keys[k]?.getSeed());
  const tls = { ca: nats.ca };
  const connection = await connect({ servers: new URL(url).host, authenticator, tls, inboxPrefix: `_INBOX.${k}` });
  open.push(connection);
  return connection;
}

function busFor(login: BusLogin, ca: string | null = nats.ca, at = url): Promise<Bus> {
  return Bus.connect({ url: at, name: 'test', login, ca });
}

/** What a listener that is let in hears of what the run and the other agent say; null: it is refused. */
async function heardBy(listener: NatsConnection, subject: string, says: () => void): Promise<string[] | null> {
  const heard: string[] = [];
  let isRefused = false;
  listener.subscribe(subject, {
    callback: (error, message) => {
      if (error !== null) isRefused = true;
      else heard.push(message.subject);
    },
  });
  await listener.flush();
  says();
  await sleep(200);
  return isRefused ? null : heard;
}

/** The same server behind a way on which logging in takes long. */
async function farAway(delayMs: number): Promise<{ readonly url: string; close(): Promise<void> }> {
  const relay = createServer((client) => {
    const server = createConnection(Number(new URL(url).port), '127.0.0.1');
    client.on('data', (bytes) => void sleep(delayMs).then(() => server.write(bytes)));
    server.on('data', (bytes) => client.write(bytes));
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const)
      one.on('error', () => undefined).on('close', () => other.destroy());
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  const { port } = relay.address() as AddressInfo;
  return { url: `tls://127.0.0.1:${port}`, close: async () => void relay.close() };
}

describe('the rights of agents', () => {
  it('let none hear what another says or is told, nor what answers the run gets', async () => {
    const [zero, one] = [await agent(0), await agent(1)];
    const owner = await busFor(nats.owner);
    open.push(owner);
    const says = () => {
      owner.publish(subjects.to(1, 'open'), {});
      one.publish(subjects.of(1, 'progress'), 'mine');
    };
    for (const subject of [
      '>',
      'wb.>',
      `wb.${run}.>`,
      subjects.to(1, '>'),
      subjects.ofAny,
      subjects.of(1, '>'),
      '_INBOX.1.>',
      '$SYS.>',
    ])
      expect([subject, await heardBy(zero, subject, says)]).toEqual([subject, null]);
    expect(await heardBy(one, subjects.to(1, '>'), says)).toEqual([subjects.to(1, 'open')]); // its own it hears
  });

  it('let none speak for another, to another, or for the run', async () => {
    const zero = await agent(0);
    const owner = await busFor(nats.owner);
    open.push(owner);
    const heard: string[] = [];
    owner.subscribe('wb.>', ({ subject }) => heard.push(subject));
    await owner.flush();
    for (const subject of [subjects.of(1, 'left'), subjects.to(1, 'open'), subjects.all('stop'), subjects.join])
      zero.publish(subject, 'forged');
    zero.publish(subjects.of(0, 'progress'), 'mine');
    await zero.flush();
    await expect.poll(() => heard).toEqual([subjects.of(0, 'progress')]);
  });

  it('let an agent answer what it is asked, also when the server learns of another meanwhile', async () => {
    const one = await agent(1);
    const asked = Promise.withResolvers<() => void>();
    one.subscribe(subjects.to(1, 'finish'), { callback: (_, message) => asked.resolve(() => message.respond('here')) });
    await one.flush();
    const owner = await busFor(nats.owner);
    open.push(owner);
    const answer = owner.request(subjects.to(1, 'finish'), {}, 10_000, subjects.answer(1, 7));
    const respond = await asked.promise;
    await admit(createUser(), 9);
    respond();
    expect(Buffer.from(await answer).toString()).toBe('here');
  });

  it('let whoever has the token ask to join', async () => {
    const owner = await busFor(nats.owner);
    const joiner = await Bus.connect({ url, name: 'test', login: nats.joiner, ca: nats.ca, inbox: '_INBOX.me' });
    open.push(owner, joiner);
    owner.subscribe(subjects.join, ({ respond }) => respond(Buffer.from('welcome')));
    await owner.flush();
    expect(Buffer.from(await joiner.request(subjects.join, {}, 2_000)).toString()).toBe('welcome');
    await owner.close();
  });

  it('let in nobody without the token, nor with another, nor without TLS, and agents trust no other server', async () => {
    const refused = { code: 'busRefused', exitCode: 2 };
    await expect(busFor(null)).rejects.toMatchObject(refused);
    await expect(busFor({ ...nats.joiner, password: 'f'.repeat(48) })).rejects.toMatchObject(refused);
    await expect(busFor({ seed: createUser().getSeed() })).rejects.toMatchObject(refused);
    await expect(busFor(nats.joiner, null)).rejects.toMatchObject(refused); // whom the system trusts does not know it
    await expect(
      busFor({ seed: keys[0]?.getSeed() ?? new Uint8Array() }, null, url.replace('tls', 'nats')),
    ).rejects.toMatchObject(refused);
  });

  it('take the token also while the server learns of other agents, which refuses who is about to log in', async () => {
    const owner = await busFor(nats.owner);
    open.push(owner);
    owner.subscribe(subjects.join, ({ respond }) => respond(packMessage({ refused: 'full' })));
    await owner.flush();
    const far = await farAway(20);
    open.push(far);
    const asked = { url: far.url, run, version: 'any', ca: nats.ca, login: nats.joiner, log: () => undefined, signal };
    let asking = 40;
    const codes = Array.from({ length: asking }, async (_, n) => {
      await sleep(n * 25);
      const error: unknown = await joinRun({ ...asked, name: `agent-${n}`, waitMs: 30_000 }).catch((why) => why);
      asking--;
      return (error as BenchError).code;
    });
    while (asking > 0) await nats.admit(createUser().getPublicKey(), agentRights(run, 9)).then(() => sleep(300));
    expect(new Set(await Promise.all(codes))).toEqual(new Set(['agentRefused']));
    await owner.close();
  });

  it('end an agent with another token soon, and let it wait for a server that is not there yet', async () => {
    const asked = { url, run, name: 'late', version: 'any', ca: nats.ca, log: () => undefined, signal };
    const other = { user: 'join', password: 'f'.repeat(48) };
    await expect(runAgent({ ...asked, login: other, waitMs: 3_600_000, allowHosts: [], folder })).rejects.toMatchObject(
      {
        ...{ code: 'busRefused', exitCode: 2, message: expect.stringContaining('Authorization Violation') },
      },
    );
    const nobody = `tls://127.0.0.1:${await freePort()}`;
    await expect(
      runAgent({ ...asked, url: nobody, login: other, waitMs: 500, allowHosts: [], folder }),
    ).rejects.toMatchObject({ code: 'noRun', exitCode: 3 });
  });

  it('let an agent that waits for a place end with the run, though its question is left without an answer', async () => {
    const owner = await busFor(nats.owner);
    owner.subscribe(subjects.join, () => {
      owner.publish(subjects.all('over'), null); // and no answer
    });
    await owner.flush();
    const asked = { url, run, name: 'spare', version: 'any', ca: nats.ca, log: () => undefined, signal };
    const options = { ...asked, login: nats.joiner, waitMs: 3_600_000, allowHosts: [], folder };
    await runAgent(options).finally(() => owner.close());
  });
});
