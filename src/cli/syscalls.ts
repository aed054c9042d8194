/** `tvisor syscalls`: the table of system calls, as this version implements it. */
import { Command } from 'commander';
import { alignColumns } from './columns.js';
import { parseTableFormat } from './options.js';

async function printTable(options: { format: string }): Promise<void> {
  const format = parseTableFormat(options.format);
  const { syscallTable } = await import('../../syscalls/table.js');
  const entries = syscallTable.map((entry) => ({
    nr: entry.nr,
    name: entry.name,
    class: entry.class,
    status: entry.status,
    note: entry.note ?? '',
  }));
  if (format === 'json') {
    console.log(JSON.stringify(entries, null, 2));
    return;
  }
  const rows = entries.map((entry) => [String(entry.nr), entry.name, entry.class, entry.status, entry.note]);
  console.log(alignColumns([['NR', 'NAME', 'CLASS', 'STATUS', 'NOTE'], ...rows]));
}

/** The command, for the program to add to its own. */
export function syscallsCommand(): Command {
  return new Command('syscalls')
    .summary('print the table of system calls')
    .description('Print every system call with its number, class, status and note.')
    .option('--format <format>', 'table or json', 'table')
    .action(printTable);
}
