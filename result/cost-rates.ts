/** At which shares of the highest rate a cost is measured: enough of them for a slope, none so near the top that it bends. */
export const costShares = [0.25, 0.5, 0.75] as const;
