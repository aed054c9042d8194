/** `tvisor ps`: the processes of a container. */
import { Command } from 'commander';
import { contextOf } from './context.js';
import { UsageError } from './usage-error.js';

async function ps(id: string, args: string[], flags: { format: string }, command: Command): Promise<void> {
  if (flags.format !== 'table' && flags.format !== 'json') {
    throw new UsageError('--format', `'${flags.format}': expected table or json`);
  }
  const { Runtime } = await import('../runtime/runtime.js');
  const { containerProcesses, hostTable, processTable } = await import('../runtime/ps.js');
  const processes = await containerProcesses(new Runtime(contextOf(command)), id);
  if (flags.format === 'json') console.log(JSON.stringify(processes.map(({ hostPid }) => hostPid)));
  else if (args.length > 0) console.log(await hostTable(processes, args));
  else console.log(processTable(processes));
}

/** The command, for the program to add to its own. */
export function psCommand(): Command {
  return new Command('ps')
    .summary('list the processes of a container')
    .description(
      'List the processes of a container, numbered as inside; with JSON, or with options of ps(1), as on the host.',
    )
    .usage('[options] ID [PS-OPTION...]')
    .argument('<id>')
    .argument('[ps-option...]')
    .option('-f, --format <format>', 'table or json', 'table')
    .action(ps);
}
