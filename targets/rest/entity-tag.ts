/** Strong entity tags made of an order's version, and the conditional headers that name them (RFC 9110 §13). */

export function entityTag(version: number): string {
  return `"${version}"`;
}

/** If-None-Match compares weakly: `W/` does not matter. */
export function noneMatches(header: string | undefined, version: number): boolean {
  if (header === undefined) return true;
  return !listed(header).some((tag) => tag === '*' || tag.replace(/^W\//, '') === entityTag(version));
}

/** The versions that If-Match allows; undefined: any. It compares strongly, so weak tags and foreign ones match none. */
export function versionsToMatch(header: string | undefined): number[] | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  return listed(header).flatMap((tag) => {
    const version = /^"(\d{1,15})"$/.exec(tag)?.[1];
    return version === undefined ? [] : [Number(version)];
  });
}

function listed(header: string): string[] {
  return header.match(/(?:W\/)?"[^"]*"|\*/g) ?? [];
}
