/** Summaries of repeated measurements. */

export interface Summary {
  median: number;
  min: number;
  max: number;
}

/**
 * @param samples in any order
 * @returns undefined when there are none; the median of an even number is the mean of the two in the middle
 */
export function summarize(samples: readonly number[]): Summary | undefined {
  const sorted = [...samples].sort((a, b) => a - b);
  const low = sorted[(sorted.length - 1) >> 1];
  const high = sorted[sorted.length >> 1];
  const min = sorted[0];
  const max = sorted[sorted.length - 1];
  if (low === undefined || high === undefined || min === undefined || max === undefined) {
    return undefined;
  }
  return { median: (low + high) / 2, min, max };
}
