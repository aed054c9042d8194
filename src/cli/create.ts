/** `tvisor create`: make a container whose program waits for `start`. */
import { Command } from 'commander';
import { listenFds } from '../runtime/descriptors.js';
import { contextOf } from './context.js';
import {
  addBundleFlags,
  type BundleFlags,
  bundlePaths,
  parseDescriptors,
  processPaths,
} from './flags/common.js';

async function create(id: string, flags: BundleFlags, command: Command): Promise<void> {
  const options = {
    id,
    ...bundlePaths(flags),
    ...processPaths(flags),
    descriptors: parseDescriptors(flags, listenFds(process.env)),
    detach: true,
  };
  const { Runtime } = await import('../runtime/runtime.js');
  const { createContainer } = await import('../runtime/create.js');
  const { container } = await createContainer(new Runtime(contextOf(command)), options);
  container.release();
}

/** The command, for the program to add to its own. */
export function createCommand(): Command {
  return addBundleFlags(
    new Command('create')
      .summary('create a container')
      .description('Create a container from the bundle; its program begins with `tvisor start`.')
      .usage('[options] ID')
      .argument('<id>'),
  ).action(create);
}
