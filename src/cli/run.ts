/** `tvisor run`: create, start, wait and delete in one. */
import { Command } from 'commander';
import { listenFds } from '../runtime/descriptors.js';
import { contextOf } from './context.js';
import {
  accepted,
  addBundleFlags,
  type BundleFlags,
  bundlePaths,
  parseDescriptors,
  processPaths,
} from './flags/common.js';

interface RunFlags extends BundleFlags {
  detach?: true;
  keep?: true;
}

async function run(id: string, flags: RunFlags, command: Command): Promise<void> {
  const options = {
    id,
    ...bundlePaths(flags),
    ...processPaths(flags),
    descriptors: parseDescriptors(flags, listenFds(process.env)),
    detach: flags.detach === true,
    keep: flags.keep === true,
  };
  const { Runtime } = await import('../runtime/runtime.js');
  const { runContainer } = await import('../runtime/run.js');
  process.exitCode = await runContainer(new Runtime(contextOf(command)), options);
}

const notes = `
Exit status: the program's own; 128+N if signal N ended it; 126 if it cannot be executed, 127 if it is not found; 128 if
tvisor itself fails.`;

/** The command, for the program to add to its own. */
export function runCommand(): Command {
  const command = addBundleFlags(
    new Command('run')
      .summary('create a container, start it, and wait for its end')
      .description('Create a container from the bundle, start it, wait for its end and delete it.')
      .usage('[options] ID')
      .argument('<id>')
      .option('-d, --detach', 'do not wait for the end')
      .option('--keep', 'do not delete the container at its end'),
  );
  return accepted(command, '--no-subreaper').addHelpText('after', notes).action(run);
}
