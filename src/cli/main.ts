/** The program `tvisor`: finds the command, runs it, and turns every error into one line and a status that is not 0. */
import { Command, CommanderError } from 'commander';
import { EXIT_FAILURE } from '../runtime/errors.js';
import { SPEC_VERSION, version } from '../version.js';
import { type CommandEntry, commandEntries } from './commands.js';
import { setReport } from './context.js';
import { addGlobalFlags, globalFlags } from './flags/global.js';
import { normalise } from './flags/normalise.js';
import { quiet } from './quiet.js';
import { Report } from './report.js';

/** A command that throws its mistakes, which are said in one place, and begins its help like those of other runtimes. */
function throwing(command: Command, name: string): Command {
  return quiet(command, name)
    .configureOutput({ outputError: () => undefined })
    .configureHelp({ helpWidth: 100, subcommandTerm: (sub) => sub.name() })
    .addHelpText('before', () => `NAME:\n  ${name} - ${command.summary() || command.description()}\n`);
}

/** The program, still without commands. */
function createProgram(): Command {
  const program = throwing(new Command('tvisor'), 'tvisor')
    .description(
      'An application kernel for Linux containers: runs programs and OCI containers without giving them the host kernel.',
    )
    .usage('[options] COMMAND')
    .version(`tvisor version ${version}\nspec: ${SPEC_VERSION}`, '-v, --version', 'print the version')
    .helpCommand(false)
    .enablePositionalOptions();
  addGlobalFlags(program);
  return program;
}

/** Add what the program's help says of its commands. */
function addSummaries(program: Command): void {
  for (const { name, summary, hidden = false } of commandEntries) {
    program.addCommand(new Command(name).summary(summary), { hidden });
  }
}

/** The arguments in commander's form. @param named is told the command that they name */
async function prepare(
  args: readonly string[],
  named: (name: string) => void,
): Promise<{ program: Command; argv: string[] }> {
  const program = createProgram();
  const { args: globals, rest } = normalise(program, args, 0);
  const words = rest[0] === '--' ? rest.slice(1) : rest;
  const asked = words[0] === 'help' && words.length > 1 ? [words[1] ?? '', '--help'] : words;
  const [name = '', ...own] = asked[0] === 'help' ? ['--help'] : asked;
  const entry = commandEntries.find((candidate) => candidate.name === name);
  if (entry === undefined) {
    if (!name.startsWith('-') && own.some((arg) => ['-h', '--help', '-help'].includes(arg))) {
      throw new CommanderError(EXIT_FAILURE, 'tvisor.noHelp', `No help topic for '${name}'`);
    }
    addSummaries(program);
    return { program, argv: [...globals, ...(name === '' ? [] : [name]), ...own] };
  }
  named(`tvisor ${name}`);
  const command = throwing(await entry.build(), `tvisor ${name}`);
  program.addCommand(command);
  return { program, argv: [...globals, name, ...ownArguments(entry, command, own)] };
}

function ownArguments(entry: CommandEntry, command: Command, own: readonly string[]): string[] {
  if (entry.raw) return [...own];
  const { args, rest } = normalise(command, own, entry.positionals ?? Number.POSITIVE_INFINITY);
  return rest.length === 0 || rest[0] === '--' ? [...args, ...rest] : [...args, '--', ...rest];
}

/** Open the log that the flags name, before the command does anything. */
function openReport(program: Command): Report {
  const { log, logFormat, debug, alsoLogToStderr } = globalFlags(program.opts());
  const report = new Report(log, logFormat, debug, alsoLogToStderr);
  report.open();
  setReport(report);
  return report;
}

/**
 * Run a command line; returns when a command has ended that does not end the process itself.
 *
 * @param args the arguments after the program's name
 * @returns the exit status
 */
async function main(args: readonly string[]): Promise<number> {
  let name = 'tvisor';
  let report = new Report(undefined, 'text', false, false);
  try {
    const { program, argv } = await prepare(args, (found) => {
      name = found;
    });
    program.hook('preSubcommand', () => {
      report = openReport(program);
      report.debug(`tvisor ${version}: ${argv.join(' ')}`);
    });
    await program.parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    // Without a command commander has said all of its help.
    if (error instanceof CommanderError && error.code === 'commander.help') return EXIT_FAILURE;
    report.error(name, messageOf(error, name));
    if (process.env['TVISOR_DEBUG'] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return statusOf(error);
  }
}

function messageOf(error: unknown, name: string): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof CommanderError) || error.code === 'tvisor.noHelp') return error.message;
  return `${error.message.replace(/^error: /, '').trimEnd()} (see ${name} --help)`;
}

/** An error may say itself with which status the program ends (126, 127). */
function statusOf(error: unknown): number {
  if (error instanceof CommanderError) return EXIT_FAILURE;
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  return typeof status === 'number' ? status : EXIT_FAILURE;
}

// Whoever reads our output may stop reading: that is no error of ours.
process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`tvisor: ${error.stack}\n`);
  process.exit(EXIT_FAILURE);
});

main(process.argv.slice(2)).then((status) => {
  // Not process.exit(): what was printed to a pipe may still be on its way.
  // A command may have set its own.
  if (status !== 0) process.exitCode = status;
});
