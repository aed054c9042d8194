/** `tvisor spec`: a config.json to start from. */
import { resolve } from 'node:path';
import { Command } from 'commander';

interface SpecFlags {
  bundle?: string;
  cwd?: string;
  netns?: string;
  rootless?: true;
}

async function writeSpec(args: string[], flags: SpecFlags): Promise<void> {
  const { writeSpecFile } = await import('../runtime/spec-file.js');
  writeSpecFile(resolve(flags.bundle ?? '.'), {
    args,
    rootless: flags.rootless === true,
    ...(flags.cwd === undefined ? {} : { cwd: flags.cwd }),
    ...(flags.netns ? { netns: flags.netns } : {}),
  });
}

/** The command, for the program to add to its own. */
export function specCommand(): Command {
  return new Command('spec')
    .summary('write a config.json to start from')
    .description(
      'Write config.json into the bundle: a container that runs a shell, or COMMAND, on the directory rootfs.',
    )
    .usage('[options] [--] [COMMAND [ARG...]]')
    .argument('[command...]')
    .option('-b, --bundle <dir>', 'where to (default: where you are)')
    .option('--cwd <path>', 'working directory inside')
    .option('--netns <path>', 'network namespace of the container')
    .option('--rootless', 'for a user without privileges')
    .action(writeSpec);
}
