/** All benchmarks of the TypeScript kernel, in the table's order. */
import { descriptorRows } from './descriptors.js';
import { dispatchRows } from './dispatch.js';
import type { KernelRow } from './row.js';
import { signalRows } from './signals.js';
import { structRows } from './structs.js';
import { walkRows } from './walk.js';

export const kernelRows: readonly KernelRow[] = [
  ...walkRows,
  ...descriptorRows,
  ...dispatchRows,
  ...structRows,
  ...signalRows,
];
