/** `tvisor kill`: a signal for a container. */
import { Command } from 'commander';
import { parseSignal } from '../runtime/signals.js';
import { contextOf } from './context.js';
import { parseCount } from './flags/common.js';
import { UsageError } from './usage-error.js';

interface KillFlags {
  all?: true;
  pid?: string;
  pgid?: string;
}

/** Largest process number of the kernel. */
const MAX_PID = 0x3f_ffff;

async function kill(id: string, name: string, flags: KillFlags, command: Command): Promise<void> {
  const signal = parseSignal(name);
  if (signal === undefined) throw new UsageError('SIGNAL', `'${name}': invalid signal`);
  if (flags.pid !== undefined && flags.pgid !== undefined) {
    throw new UsageError('--pgid', 'not together with --pid');
  }
  const pid = flags.pid === undefined ? undefined : parseCount('--pid', flags.pid, MAX_PID);
  const pgid = flags.pgid === undefined ? undefined : parseCount('--pgid', flags.pgid, MAX_PID);
  const { Runtime } = await import('../runtime/runtime.js');
  const { killContainer } = await import('../runtime/kill.js');
  await killContainer(new Runtime(contextOf(command)), id, signal, {
    all: flags.all === true,
    ...(pid === undefined ? {} : { pid }),
    ...(pgid === undefined ? {} : { pgid }),
  });
}

/** The command, for the program to add to its own. */
export function killCommand(): Command {
  return new Command('kill')
    .summary('send a signal to a container')
    .description("Send a signal (TERM, SIGTERM or 15; default: TERM) to a container's first process.")
    .usage('[options] ID [SIGNAL]')
    .argument('<id>')
    .argument('[signal]', '', 'SIGTERM')
    .option('-a, --all', 'to all processes of the container')
    .option('--pid <pid>', 'to this process, numbered as inside')
    .option('--pgid <pgid>', 'to this process group, numbered as inside')
    .action(kill);
}
