/** What a mistyped command or option most likely stands for. */
import { closestName } from '../result/closest-name.ts';

/**
 * From the parser's complaint and the help texts, which know every name: `Did you mean run?`. null: nothing is near.
 * `helpOf` gives the help for a command, or for `bench` itself.
 */
export async function meantArgument(
  complaint: string,
  args: readonly string[],
  helpOf: (command: string | null) => Promise<string>,
): Promise<string | null> {
  const unknown = /^Unknown (?:arguments?|commands?): (.+)$/.exec(complaint)?.[1]?.split(', ') ?? [];
  const first = args.find((arg) => !arg.startsWith('-')) ?? null;
  const commands = names(await helpOf(null), /^ +bench ([a-z]+)/gm);
  const isCommand = first !== null && commands.includes(first);
  for (const name of unknown) {
    const options = names(await helpOf(isCommand ? first : null), /--([a-z][a-z-]*)/g);
    const isForCommand = !isCommand && name === first;
    const meant = closestName(name, isForCommand ? [...commands, ...options] : options);
    if (meant !== null) return `Did you mean ${isForCommand && commands.includes(meant) ? '' : '--'}${meant}?`;
  }
  return null;
}

function names(help: string, pattern: RegExp): string[] {
  return [...new Set([...help.matchAll(pattern)].flatMap(([, name]) => name ?? []))];
}

/** What to type for the options of the command that was meant; a word that is no command has the help of all of them. */
export async function helpCommand(
  args: readonly string[],
  helpOf: (command: string | null) => Promise<string>,
): Promise<string> {
  const [command = ''] = args;
  const isCommand = /^[a-z]+$/.test(command) && /^bench (\w+)/.exec(await helpOf(command))?.[1] === command;
  return isCommand ? `bench ${command} --help` : 'bench --help';
}
