/** The rows of the big table: every call of x86-64 with what tvisor says of it, and what the run says. */

import { type SyscallEntry, syscallTable } from '../../syscalls/table.js';
import type { Matrix, MatrixRow } from './matrix.js';
import { emptyCell } from './matrix.js';

export interface SyscallRow extends MatrixRow {
  /** Undefined for a name in a case that is no call of x86-64. */
  entry: SyscallEntry | undefined;
}

/** All calls by number; then names that checks use and x86-64 does not have. */
export function syscallRows(matrix: Matrix): SyscallRow[] {
  const width = matrix.targets.length;
  const known = syscallTable.map((entry): SyscallRow => {
    const row = matrix.calls.get(entry.name);
    return { name: entry.name, entry, cells: row?.cells ?? Array.from({ length: width }, emptyCell) };
  });
  const names = new Set(syscallTable.map((entry): string => entry.name));
  const unknown = Array.from(matrix.calls.values()).filter((row) => !names.has(row.name));
  return [
    ...known,
    ...unknown
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((row): SyscallRow => ({ ...row, entry: undefined })),
  ];
}
