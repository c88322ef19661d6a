/** How sure a counted share is: Clopper and Pearson's exact interval. */

/** 95 %, two-sided, of `count` in `total`. */
export function shareInterval(count: number, total: number): readonly [number, number] {
  // At the lower end so many or more are reached in 2.5 % of all cases, at the upper end so many or fewer.
  const low = count === 0 ? 0 : shareAt((share) => 1 - atMost(count - 1, total, share) < 0.025);
  const high = count === total ? 1 : shareAt((share) => atMost(count, total, share) > 0.025);
  return [low, high];
}

/** The share up to which it holds. */
function shareAt(holds: (share: number) => boolean): number {
  let [low, high] = [0, 1];
  while (high - low > 1e-9) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** How often a binomial draw is at most `count`. */
function atMost(count: number, total: number, share: number): number {
  let logChance = total * Math.log1p(-share);
  let sum = Math.exp(logChance);
  for (let n = 1; n <= count; n++) {
    logChance += Math.log((total - n + 1) / n) + Math.log(share) - Math.log1p(-share);
    sum += Math.exp(logChance);
  }
  return sum;
}
