/** `bench doctor`: what is here, what is missing, how to get it. */

import type { CommandModule } from 'yargs';
import { exitCodes } from '../result/bench-error.ts';
import { hasComposeEngine } from '../targets/stack/compose-stack.ts';
import type { Program } from '../targets/stack/program.ts';
import { onPath, programNames, programs } from '../targets/stack/programs.ts';
import { print } from './print.ts';

interface DoctorArguments {
  readonly json?: boolean | undefined;
}

interface Finding {
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly path: string | null;
  /** To get it; empty when it is here. */
  readonly commands: readonly string[];
  readonly missingTools: readonly string[];
  readonly needed: boolean;
  /** What runs where it is not to be had; null: it is needed. */
  readonly withoutIt: string | null;
}

export const doctorCommand: CommandModule<object, DoctorArguments> = {
  command: 'doctor',
  describe: 'what is here, what is missing, how to get it',
  builder: (parser) => parser.option('json', { type: 'boolean', describe: 'as JSON' }),
  handler: async ({ json }) => {
    const [findings, compose] = await Promise.all([
      Promise.all(programNames.map((name) => examine(programs[name]))),
      hasComposeEngine(),
    ]);
    const report = { node: process.versions.node, dockerCompose: compose, programs: findings };
    print(json ? `${JSON.stringify(report, null, 2)}\n` : text(report));
    const missing = findings.some(({ path, needed }) => needed && path === null);
    process.exitCode = missing && !compose ? exitCodes.stack : exitCodes.done;
  },
};

async function examine(program: Program): Promise<Finding> {
  const path = await program.find();
  const missingTools = path === null ? program.needs.filter((tool) => onPath(tool) === null) : [];
  const { name, title, version } = program;
  return {
    name,
    title,
    version,
    path,
    commands: path === null ? program.commands : [],
    missingTools,
    needed: program.withoutIt === undefined,
    withoutIt: program.withoutIt ?? null,
  };
}

function text(report: { node: string; dockerCompose: boolean; programs: readonly Finding[] }): string {
  const rows = report.programs.flatMap(({ title, path, version, commands, missingTools, needed, withoutIt }) => {
    if (path !== null) return [`  here     ${title.padEnd(10)} ${version.padEnd(20)} ${path}`];
    const first = missingTools.length === 0 ? '' : ` (first: ${missingTools.join(', ')})`;
    return [
      `  ${needed ? 'missing' : 'optional'}  ${title.padEnd(10)}${first}`,
      ...commands.map((command) => `             ${command}`),
      ...(withoutIt === null ? [] : [`             without it: ${withoutIt}`]),
    ];
  });
  const missing = report.programs.filter(({ path, needed }) => path === null && needed);
  const conclusion =
    missing.length === 0
      ? 'Everything a run needs is here.'
      : report.dockerCompose
        ? 'What is missing will come from docker compose.'
        : '`bench run … --yes` installs what is missing.';
  return [
    `  here     Node       ${report.node}`,
    `  ${report.dockerCompose ? 'here   ' : 'no     '}  Docker     ${report.dockerCompose ? 'an engine answers' : 'no engine answers; not needed'}`,
    ...rows,
    '',
    conclusion,
    '',
  ].join('\n');
}
