/**
 * Files that a scenario names: only regular ones are opened, and no more is read than they may hold. A device or a pipe
 * may never end, or give nothing at all.
 */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';

export const largestRecordingBytes = 64 * 1024 ** 2;
export const largestProtoBytes = 4 * 1024 ** 2;
const pieceBytes = 64 * 1024;

/** What keeps a file from being read, to be said behind its name. */
export class NamedFileError extends Error {}

/** Opens it and reads nothing. Throws a NamedFileError. */
export function inspectNamedFile(path: string, mostBytes: number): void {
  closeSync(openNamedFile(path, mostBytes));
}

/** Throws a NamedFileError. */
export function readNamedFile(path: string, mostBytes: number): Buffer {
  return Buffer.concat([...piecesOf(path, mostBytes)]);
}

/** Piece after piece, each its own. Throws a NamedFileError. */
export function* piecesOf(path: string, mostBytes: number): Generator<Buffer> {
  const file = openNamedFile(path, mostBytes);
  try {
    for (let bytes = 0; ; ) {
      const piece = Buffer.allocUnsafe(pieceBytes);
      const length = translated(() => readSync(file, piece));
      if (length === 0) return;
      bytes += length;
      if (bytes > mostBytes) throw tooLarge(mostBytes); // it grew, or never said how large it is
      yield piece.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}

function openNamedFile(path: string, mostBytes: number): number {
  requireRegular(
    translated(() => statSync(path)), // the opening of a device alone may do something
    mostBytes,
  );
  const file = translated(() => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
  try {
    requireRegular(fstatSync(file), mostBytes);
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function requireRegular(stats: Stats, mostBytes: number): void {
  if (stats.isDirectory()) throw new NamedFileError('is a directory');
  if (!stats.isFile()) throw new NamedFileError('is not a regular file');
  if (stats.size > mostBytes) throw tooLarge(mostBytes);
}

function tooLarge(mostBytes: number): NamedFileError {
  return new NamedFileError(`is larger than ${mostBytes / 1024 ** 2}MiB`);
}

function translated<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new NamedFileError(wordsFor(code) ?? `cannot be read: ${code ?? String(cause)}`, { cause });
  }
}

function wordsFor(code: string | undefined): string | null {
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'does not exist (paths are relative to the scenario file)';
  return code === 'EACCES' || code === 'EPERM' ? 'may not be read' : null;
}
