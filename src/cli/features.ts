/** `tvisor features`: what this runtime can do, for engines to read. */
import { Command } from 'commander';

async function printFeatures(): Promise<void> {
  const { features } = await import('../oci/features.js');
  console.log(JSON.stringify(features(), null, 2));
}

/** The command, for the program to add to its own. */
export function featuresCommand(): Command {
  return new Command('features')
    .summary('print what this runtime can do')
    .description('Print what this runtime can do, as the runtime specification has it.')
    .usage('')
    .action(printFeatures);
}
