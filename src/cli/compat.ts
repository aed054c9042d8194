/** `tvisor compat`: a bundle of its own, which is read only when it is asked for, so that other commands start as fast. */
import { createRequire } from 'node:module';
import { Command } from 'commander';

/** What dist/compat.cjs, the bundle of compat/main.ts, exports. */
interface CompatBundle {
  main(args: readonly string[]): Promise<number>;
}

async function runCompat(args: string[]): Promise<void> {
  const { main }: CompatBundle = createRequire(import.meta.url)('./compat.cjs');
  process.exitCode = await main(args);
}

/** The command, for the program to add to its own. Its options are the bundle's affair. */
export function compatCommand(): Command {
  return new Command('compat')
    .summary('compare sandboxes with Linux, system call by system call')
    .description('Run the compatibility suite; tvisor compat --help tells how.')
    .usage('[options] [CASE...]')
    .helpOption(false)
    .argument('[args...]')
    .allowUnknownOption()
    .passThroughOptions()
    .action(runCompat);
}
