/** Kinds of bytes in HTTP/1.1 (RFC 9110 §5). */

const space = 0x20;
const tab = 0x09;
const colon = 0x3a;

export function digit(byte: number | undefined): number {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : -1;
}

export function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1;
}

export function isBlank(byte: number | undefined): boolean {
  return byte === space || byte === tab;
}

/** Neither blanks, controls nor the colon; finer rules about names do not matter for framing. */
export function isNameByte(byte: number): boolean {
  return byte > space && byte !== colon && byte < 0x7f;
}

/** Anything but controls: those end the line, or make it malformed. */
export function isValueByte(byte: number): boolean {
  return byte >= space ? byte !== 0x7f : byte === tab;
}
