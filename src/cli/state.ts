/** `tvisor state`: the state of one container, as the runtime specification has it. */
import { Command } from 'commander';
import { contextOf } from './context.js';
import { ownerName } from './owner.js';

async function printState(id: string, _flags: object, command: Command): Promise<void> {
  const { Runtime } = await import('../runtime/runtime.js');
  const { containerState } = await import('../runtime/status.js');
  const runtime = new Runtime(contextOf(command));
  console.log(JSON.stringify(await containerState(runtime, id, ownerName), null, 2));
}

/** The command, for the program to add to its own. */
export function stateCommand(): Command {
  return new Command('state')
    .summary('print the state of a container')
    .description('Print the state of a container as JSON.')
    .usage('ID')
    .argument('<id>')
    .action(printState);
}
