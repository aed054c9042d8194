/** `tvisor delete`: forget a container and what belongs to it. */
import { Command } from 'commander';
import { contextOf, isUnused } from './context.js';
import { UsageError } from './usage-error.js';

interface DeleteFlags {
  force?: true;
  regex?: true;
}

/** @throws UsageError */
function patternOf(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw new UsageError('--regex', `'${text}': not a regular expression`);
  }
}

async function deleteContainers(words: string[], flags: DeleteFlags, command: Command): Promise<void> {
  const { Runtime } = await import('../runtime/runtime.js');
  const { deleteContainer } = await import('../runtime/delete.js');
  const patterns = flags.regex ? words.map(patternOf) : [];
  const context = contextOf(command);
  if (flags.regex && isUnused(context)) return;
  const runtime = new Runtime(context);
  const matches = ({ id }: { id: string }) => patterns.some((pattern) => pattern.test(id));
  const ids = flags.regex
    ? runtime.state
        .list()
        .filter(matches)
        .map(({ id }) => id)
    : words;
  for (const id of ids) await deleteContainer(runtime, id, flags.force === true);
}

/** The command, for the program to add to its own. */
export function deleteCommand(): Command {
  return new Command('delete')
    .summary('delete a container')
    .description('Delete containers that have stopped.')
    .usage('[options] ID...')
    .argument('<id...>')
    .option('-f, --force', 'kill it first if it still runs; no error if there is none')
    .option('-r, --regex', 'ID is a regular expression: all whose ids it is found in')
    .action(deleteContainers);
}
