/** The fixed words of `comparison.json`. */

/** What each rests on stands with `comparisonSchema`. */
export const comparisonMethods = ['interleaved', 'baselineNoise', 'stored'] as const;
export type ComparisonMethod = (typeof comparisonMethods)[number];

export const comparisonAnswers = ['better', 'worse', 'same', 'cannotTell'] as const;
export type ComparisonAnswer = (typeof comparisonAnswers)[number];
