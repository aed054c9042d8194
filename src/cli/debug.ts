/** `tvisor debug`: a look into a running sandbox. */
import { Command } from 'commander';
import type { DebugParams } from '../control/protocol.js';
import { contextOf } from './context.js';
import { parseLogLevel } from './options.js';
import { UsageError } from './usage-error.js';

interface DebugFlags {
  stacks?: true;
  ps?: true;
  strace?: string;
  logLevel?: string;
}

function parseStrace(text: string): boolean {
  if (text === 'all') return true;
  if (text === 'off') return false;
  throw new UsageError('--strace', `'${text}': expected all or off`);
}

async function debug(id: string, flags: DebugFlags, command: Command): Promise<void> {
  const params: DebugParams = {
    ...(flags.logLevel === undefined ? {} : { logLevel: parseLogLevel(flags.logLevel) }),
    ...(flags.strace === undefined ? {} : { strace: parseStrace(flags.strace) }),
    ...(flags.stacks === undefined ? {} : { stacks: true }),
  };
  const { Runtime } = await import('../runtime/runtime.js');
  const { debugContainer } = await import('../runtime/debug.js');
  const runtime = new Runtime(contextOf(command));
  const text = await debugContainer(runtime, id, params);
  if (text !== '') console.log(text.trimEnd());
  if (!flags.ps) return;
  const { containerProcesses, processTable } = await import('../runtime/ps.js');
  console.log(processTable(await containerProcesses(runtime, id)));
}

/** The command, for the program to add to its own. */
export function debugCommand(): Command {
  return new Command('debug')
    .summary('look into a running sandbox')
    .description("Look into a running container's sandbox, or change what it logs.")
    .usage('[options] ID')
    .argument('<id>')
    .option('--stacks', 'print what tasks are doing')
    .option('--ps', 'list the processes')
    .option(
      '--strace <what>',
      'log system calls from now on: all or off (of a sandbox created with --strace)',
    )
    .option('--log-level <level>', 'log from this level on')
    .action(debug);
}
