/** How the program's commands report mistakes. */
import type { Command } from 'commander';

/** Make `command` throw instead of exit, and speak in one line that starts with its name. */
export function quiet(command: Command, name: string): Command {
  return command
    .exitOverride()
    .showSuggestionAfterError(false)
    .configureHelp({ helpWidth: 100 })
    .configureOutput({
      outputError: (text, write) =>
        write(`${name}: ${text.replace(/^error: /, '').trimEnd()} (see ${name} --help)\n`),
    });
}
