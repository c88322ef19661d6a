/** What the machine refuses is no bug of ours: a disk that is full or read-only, a folder that is gone or not for us. */
import { BenchError, exitCodes } from '../result/bench-error.ts';

const fullDisk: readonly string[] = ['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO'];
const refusals: readonly string[] = [...fullDisk, 'EROFS', 'EACCES', 'EPERM', 'EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN'];

/** As an error that says what to do; null for anything but a refusal of a system call. */
export function refusalByMachine(error: unknown): BenchError | null {
  if (!(error instanceof Error) || error instanceof BenchError) return null;
  const { code, syscall, message, path = '' } = error as NodeJS.ErrnoException;
  if (syscall === 'uv_cwd' || (code === 'ENOENT' && message.includes('process.cwd'))) {
    const hint = 'Change to a folder that is there, then run this again.';
    return new BenchError('noWorkingDirectory', 'The working directory is gone', { hint, exitCode: exitCodes.usage });
  }
  if (syscall === undefined || code === undefined || !refusals.includes(code)) return null;
  return new BenchError('machineRefuses', `The machine refuses: ${message}`, {
    hint: fullDisk.includes(code)
      ? 'Free some space, then run this again.'
      : `Check ${path === '' ? 'the limits of this account (ulimit -a)' : `the permissions of ${path}`}, or set TMPDIR to a folder that can be written.`,
    exitCode: fullDisk.includes(code) ? exitCodes.notWritten : exitCodes.stack,
    cause: error,
  });
}
