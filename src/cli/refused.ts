/** `tvisor checkpoint` and `restore`: there is no such thing, and engines ask by looking at the status of `--help`. */
import { Command } from 'commander';
import { RuntimeError } from '../runtime/errors.js';

function refused(name: string): Command {
  return new Command(name)
    .summary('not supported')
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .argument('[args...]')
    .action(() => {
      throw new RuntimeError(`not supported: ${name} of containers is not implemented`);
    });
}

export function checkpointCommand(): Command {
  return refused('checkpoint');
}

export function restoreCommand(): Command {
  return refused('restore');
}
