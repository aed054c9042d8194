/** `tvisor list`: the containers that there are. */
import { Command } from 'commander';
import type { ListedContainer } from '../runtime/status.js';
import { alignColumns } from './columns.js';
import { contextOf, isUnused } from './context.js';
import { ownerName } from './owner.js';
import { UsageError } from './usage-error.js';

interface ListFlags {
  quiet?: true;
  sandbox?: true;
  format: string;
}

function row({ id, pid, status, bundle, created, owner }: ListedContainer): string[] {
  return [id, String(pid), status, bundle, created, owner];
}

async function found(command: Command): Promise<ListedContainer[]> {
  const context = contextOf(command);
  if (isUnused(context)) return [];
  const { Runtime } = await import('../runtime/runtime.js');
  const { listContainers } = await import('../runtime/status.js');
  return listContainers(new Runtime(context), ownerName);
}

async function list(flags: ListFlags, command: Command): Promise<void> {
  if (!['table', 'json', 'text'].includes(flags.format)) {
    throw new UsageError('--format', `'${flags.format}': expected table or json`);
  }
  const all = await found(command);
  const containers = flags.sandbox ? all.filter(({ first }) => first) : all;
  if (flags.quiet) {
    for (const { id } of containers) console.log(id);
  } else if (flags.format === 'json') {
    // null is what runc and runsc print of an empty list.
    console.log(
      containers.length === 0 ? 'null' : JSON.stringify(containers.map(({ first: _, ...rest }) => rest)),
    );
  } else {
    console.log(
      alignColumns([['ID', 'PID', 'STATUS', 'BUNDLE', 'CREATED', 'OWNER'], ...containers.map(row)]),
    );
  }
}

/** The command, for the program to add to its own. */
export function listCommand(): Command {
  return new Command('list')
    .summary('list containers')
    .description('List the containers below the state directory (--root).')
    .usage('[options]')
    .option('-f, --format <format>', 'table or json', 'table')
    .option('-q, --quiet', 'ids only')
    .option('--sandbox', 'only those that came first in their sandbox')
    .action(list);
}
