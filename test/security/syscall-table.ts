/** The table of system calls, loaded by the tests that judge what it claims. */
import type { FilterRule } from '../../src/platform/filter.js';
import type { SyscallEntry } from '../../syscalls/table.js';

/** The entries, one a number. Loaded late, so that a table that does not load fails the tests that need it only. */
export async function loadTable(): Promise<readonly SyscallEntry[]> {
  return (await import('../../syscalls/table.js')).syscallTable;
}

/** What the seccomp program is compiled from. */
export async function loadFilterRules(): Promise<FilterRule[]> {
  return (await import('../../syscalls/table.js')).filterRules();
}
