import { expect, it } from 'vitest';
import { helpCommand, meantArgument } from './meant-argument.ts';

const help = async (command: string | null) =>
  command === 'run'
    ? 'bench run <scenario>\n\nOptions:\n      --target     only this target\n      --kafka-client-link  LISTEN,UPSTREAM\n'
    : 'Commands:\n  bench run <scenario>  play\n  bench report <result>  again\n\nOptions:\n  -h, --help     Show help\n';

it.each([
  ['Unknown argument: ru', ['ru', 'x.yaml'], 'Did you mean run?'],
  ['Unknown argument: taget', ['run', 'x.yaml', '--taget', 'rest'], 'Did you mean --target?'],
  [
    'Unknown arguments: kafka-clientlink, kafkaClientlink',
    ['run', '--kafka-clientlink', 'x'],
    'Did you mean --kafka-client-link?',
  ],
  ['Unknown argument: hlp', ['--hlp'], 'Did you mean --help?'],
  ['Unknown argument: hlep', ['hlep'], 'Did you mean --help?'],
  ['Unknown argument: zebra', ['zebra'], null],
  ['Not enough non-option arguments: got 0, need at least 1', ['run'], null],
])('%s', async (complaint, args, expected) => expect(await meantArgument(complaint, args, help)).toBe(expected));

it('leads to the help of the command that was meant, or else of all', async () => {
  expect(await helpCommand(['run', '--taget'], help)).toBe('bench run --help');
  expect(await helpCommand(['zebra'], help)).toBe('bench --help');
  expect(await helpCommand([], help)).toBe('bench --help');
});
