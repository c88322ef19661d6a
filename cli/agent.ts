/** `bench agent`: makes a share of the load of a run that is controlled from elsewhere. */
import os from 'node:os';
import type { CommandModule } from 'yargs';
import { exitCodes } from '../result/bench-error.ts';
import { runAgent } from '../runners/agents/agent.ts';
import type { BusLogin } from '../runners/agents/bus.ts';
import { allowDial } from '../targets/allow-dial.ts';
import { joinUser } from '../targets/stack/native/nats.ts';
import { createRunDirectory, sweepLeftovers } from '../targets/stack/run-directory.ts';
import { exampleJoin, joinOf } from './bus-address.ts';
import { durationOption } from './duration-option.ts';
import { interruptSignal } from './interrupt-signal.ts';
import { type NatsFiles, readJoinSecret, readNatsFiles } from './join-secret.ts';
import { list, text } from './option-shapes.ts';
import { printNote } from './print.ts';
import { usageError } from './usage-error.ts';
import { version } from './version.ts';

interface AgentArguments extends NatsFiles {
  readonly join: string;
  readonly tokenFile?: string | undefined;
  readonly name?: string | undefined;
  readonly allowHost?: readonly string[] | undefined;
  readonly wait: string;
}

export const agentCommand: CommandModule<object, AgentArguments> = {
  command: 'agent',
  describe: 'make a share of the load of a run on another host (docs/scale-out.md)',
  builder: (parser) =>
    parser
      .option('join', { ...text, demandOption: true, describe: `the run, as it prints it: ${exampleJoin}` })
      .option('token-file', { ...text, describe: 'the file that the run has written for its agents' })
      .option('nats-creds', { ...text, describe: 'in place of it, with a NATS of your own: credentials for it' })
      .option('nats-ca', { ...text, describe: 'PEM of who signed the certificate of that NATS' })
      .option('name', { ...text, describe: 'what verdicts call it (default: the host’s name)' })
      .option('allow-host', {
        ...list,
        describe:
          'a host that this agent may send load to, beside loopback and the host that it joins (again for more)',
      })
      .option('wait', { ...text, default: '2m', describe: 'how long the run is waited for' }),
  handler: async (args) => {
    const { url, run, host } = joinOf(args.join);
    const log = (line: string) => printNote(`${line}\n`);
    const signal = interruptSignal(log);
    const allowHosts = [host, ...(args.allowHost ?? [])];
    allowDial(allowHosts);
    for (const left of await sweepLeftovers()) log(`removed what an earlier one left in ${left}`);
    const directory = await createRunDirectory();
    try {
      await runAgent({
        ...{ url, run, version, allowHosts, log, signal },
        ...loginOf(args),
        name: args.name ?? os.hostname(),
        folder: directory.path,
        waitMs: durationOption('--wait', args.wait),
      });
    } finally {
      await directory.remove();
    }
    process.exitCode = signal.aborted ? exitCodes.interrupted : exitCodes.done;
  },
};

function loginOf({ tokenFile, natsCreds, natsCa }: AgentArguments): { login: BusLogin; ca: string | null } {
  if (tokenFile !== undefined && natsCreds !== undefined)
    throw usageError('Give --token-file or --nats-creds', 'The run prints which, with the line to join it by.');
  const own = readNatsFiles({ natsCreds, natsCa });
  if (tokenFile === undefined) return own;
  const secret = readJoinSecret(tokenFile);
  return { login: { user: joinUser, password: secret.token }, ca: secret.ca ?? own.ca };
}
