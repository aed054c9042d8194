/** What a benchmark of the TypeScript kernel is: no sandbox, no addon, one function in a loop. */
import type { RowInfo } from '../model.js';

export interface KernelRow extends RowInfo {
  /** How many operations one call of the prepared function makes: the figures are for one of them. */
  batch: number;
  /** Build the row's world; what comes back makes `batch` operations and returns their last result. */
  prepare(): () => unknown;
  /** What each call must return. */
  expected: unknown;
}
