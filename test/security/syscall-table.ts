/** The table of system calls as tests see it: what it claims, not how it is built. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repoRoot } from '../support/paths.js';

/** The part of an entry that the tests judge. */
export interface TableEntry {
  nr: number;
  name: string;
  class: 'native' | 'notify' | 'trace' | 'refused';
  status: string;
}

/**
 * The entries of syscalls/table.ts.
 *
 * @returns one a number, in the table's order
 */
export async function loadTable(): Promise<TableEntry[]> {
  const path = join(repoRoot, 'syscalls', 'table.ts');
  if (!existsSync(path)) {
    throw new Error('syscalls/table.ts does not exist');
  }
  const module = (await import(pathToFileURL(path).href)) as { syscallTable: Iterable<TableEntry> };
  return [...module.syscallTable];
}
