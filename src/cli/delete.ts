/** `tvisor delete`: forget a container and what belongs to it. */
import { Command } from 'commander';
import { contextOf } from './context.js';

async function deleteContainers(ids: string[], flags: { force?: true }, command: Command): Promise<void> {
  const { Runtime } = await import('../runtime/runtime.js');
  const { deleteContainer } = await import('../runtime/delete.js');
  const runtime = new Runtime(contextOf(command));
  for (const id of ids) await deleteContainer(runtime, id, flags.force === true);
}

/** The command, for the program to add to its own. */
export function deleteCommand(): Command {
  return new Command('delete')
    .summary('delete a container')
    .description('Delete containers that have stopped.')
    .usage('[options] ID...')
    .argument('<id...>')
    .option('-f, --force', 'kill it first if it still runs; no error if there is none')
    .action(deleteContainers);
}
