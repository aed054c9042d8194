/** `tvisor start`: let the program of a created container go. */
import { Command } from 'commander';
import { contextOf } from './context.js';

async function start(id: string, _flags: object, command: Command): Promise<void> {
  const { Runtime } = await import('../runtime/runtime.js');
  const { startContainer } = await import('../runtime/start.js');
  await startContainer(new Runtime(contextOf(command)), id);
}

/** The command, for the program to add to its own. */
export function startCommand(): Command {
  return new Command('start')
    .summary('start the program of a created container')
    .description('Start the program of a container that `tvisor create` has made.')
    .usage('ID')
    .argument('<id>')
    .action(start);
}
