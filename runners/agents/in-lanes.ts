/** Work on many things at once, but not on all. */

/** Begins in their order, at most `most` at once. Rejects with the first that does, and begins no more in its lane. */
export async function inLanes<Thing>(
  things: Iterable<Thing>,
  most: number,
  work: (thing: Thing) => Promise<void>,
): Promise<void> {
  const waiting = [...things].values();
  const lane = async () => {
    for (const thing of waiting) await work(thing);
  };
  await Promise.all(Array.from({ length: most }, lane));
}
