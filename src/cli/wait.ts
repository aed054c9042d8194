/** `tvisor wait`: until a container, or a process in it, has ended. */
import { Command } from 'commander';
import { contextOf } from './context.js';
import { parseCount } from './flags/common.js';
import { UsageError } from './usage-error.js';

interface WaitFlags {
  pid?: string;
  rootpid?: string;
}

async function waitFor(id: string, flags: WaitFlags, command: Command): Promise<void> {
  if (flags.pid !== undefined && flags.rootpid !== undefined) {
    throw new UsageError('--rootpid', 'not together with --pid');
  }
  const text = flags.pid ?? flags.rootpid;
  const pid = text === undefined ? undefined : parseCount('--pid', text, 0x3f_ffff);
  const { Runtime } = await import('../runtime/runtime.js');
  const { waitContainer } = await import('../runtime/wait.js');
  const exitStatus = await waitContainer(new Runtime(contextOf(command)), id, pid);
  console.log(JSON.stringify({ id, exitStatus }));
}

/** The command, for the program to add to its own. */
export function waitCommand(): Command {
  return new Command('wait')
    .summary('wait for the end of a container or process')
    .description('Wait until a container has stopped, and print its exit status as JSON.')
    .usage('[options] ID')
    .argument('<id>')
    .option('--pid <pid>', 'wait for this process, numbered as inside')
    .option('--rootpid <pid>', 'the same')
    .action(waitFor);
}
