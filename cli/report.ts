/** `bench report <result>`: all reports again, from the stored result. */

import { resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import { printNote } from './print.ts';
import { readPrices } from './read-prices.ts';
import { readResult, resultDirectory } from './read-result.ts';
import { fullOption } from './run.ts';
import { formatNames, parseFormats, printReports, writeReports } from './write-reports.ts';

interface ReportArguments {
  readonly result: string;
  readonly format: string;
  readonly out?: string | undefined;
  readonly full: boolean;
  readonly price?: string | undefined;
}

export const reportCommand: CommandModule<object, ReportArguments> = {
  command: 'report <result>',
  describe: 'all reports again from a stored result',
  builder: (parser) =>
    parser
      .positional('result', { type: 'string', demandOption: true, describe: 'a result folder' })
      .option('format', {
        type: 'string',
        nargs: 1,
        default: 'terminal,html,hlog',
        describe: `reports: ${formatNames.join(', ')}; NAME=PATH: to that file, NAME=-: to stdout`,
      })
      .options(fullOption)
      .option('price', {
        type: 'string',
        nargs: 1,
        describe: 'a YAML file of what you pay: { currency, coreHour, gigabyte, writtenGigabyte }; there is no default',
      })
      .option('out', { type: 'string', nargs: 1, describe: 'where to write them (default: the result folder)' }),
  handler: (args) => {
    const formats = parseFormats(args.format);
    const stored = readResult(args.result);
    const result = args.price === undefined ? stored : { ...stored, prices: readPrices(args.price) };
    const source = resultDirectory(args.result);
    const directory = args.out ?? source;
    // The stored result is the source: it is not written over with itself.
    const isSource = resolve(directory) === resolve(source);
    const written = formats.filter(({ format, to }) => !(isSource && format === 'json' && to === null));
    for (const path of writeReports(result, directory, written)) printNote(`Written: ${path}\n`);
    printReports(result, formats, { full: args.full, directory });
  },
};
