/** The program `tvisor`: finds the command, runs it, and turns every error into one line and status 128. */
import { Command, CommanderError } from 'commander';
import { version } from '../version.js';
import { compatCommand } from './compat.js';
import { doCommand } from './do.js';
import { profileCommand } from './profile.js';
import { quiet } from './quiet.js';
import { syscallsCommand } from './syscalls.js';

/** Exit status of tvisor's own errors, apart from those of the commands that it runs; runsc's too. */
const EXIT_FAILURE = 128;

function createProgram(): Command {
  const program = quiet(new Command('tvisor'), 'tvisor')
    .description(
      'An application kernel for Linux containers: runs programs without giving them the host kernel.',
    )
    .usage('[options] COMMAND')
    .version(version, '--version', 'print the version')
    .enablePositionalOptions();
  for (const command of [doCommand(), profileCommand(), syscallsCommand(), compatCommand()]) {
    program.addCommand(quiet(command, `tvisor ${command.name()}`));
  }
  return program;
}

/**
 * Run a command line; returns when a command has ended that does not end the process itself.
 *
 * @param args the arguments after the program's name
 * @returns the exit status
 */
async function main(args: readonly string[]): Promise<number> {
  const program = createProgram();
  try {
    // Started by the runtime alone, and not a command for people.
    if (args[0] === 'boot') {
      const { bootSandbox } = await import('../sentry/boot.js');
      return await bootSandbox();
    }
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_FAILURE;
    const command = program.commands.find((candidate) => candidate.name() === args[0]);
    const name = command === undefined ? 'tvisor' : `tvisor ${command.name()}`;
    process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    if (process.env['TVISOR_DEBUG'] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return statusOf(error);
  }
}

/** An error may say itself with which status the program ends (126, 127). */
function statusOf(error: unknown): number {
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  return typeof status === 'number' ? status : EXIT_FAILURE;
}

main(process.argv.slice(2)).then((status) => {
  // Not process.exit(): what was printed to a pipe may still be on its way.
  // A command may have set its own.
  if (status !== 0) process.exitCode = status;
});
