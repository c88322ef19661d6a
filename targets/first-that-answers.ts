/** Asks one after the other until one answers. Rejects as the last one did when none does. At least one place. */
export async function firstThatAnswers<Place, Answer>(
  places: readonly Place[],
  ask: (place: Place) => Promise<Answer>,
): Promise<Answer> {
  let failure: unknown;
  for (const place of places) {
    try {
      return await ask(place);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
