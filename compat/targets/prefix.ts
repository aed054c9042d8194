/** Targets that are a command line with a place for the tested command: native, tvisor, runsc and any other. */
import type { TargetInfo } from '../model.js';
import { type CommandOptions, nothingToDiscard, type Target, type TargetCommand } from './target.js';

/** Where the tested command, and its working directory, stand in a command line. */
export const PLACE = '{}';
export const CWD_PLACE = '{cwd}';

/**
 * Put a command into a command line.
 *
 * @param template words; the word `{}` is replaced by the command's words, which are appended if there is none. `{cwd}`
 *   anywhere in a word is replaced by the working directory
 */
export function fillTemplate(template: readonly string[], words: readonly string[], cwd: string): string[] {
  const complete = template.includes(PLACE) ? template : [...template, PLACE];
  return complete.flatMap((word) => (word === PLACE ? words : [word.replaceAll(CWD_PLACE, cwd)]));
}

/** The tested command by itself, answered by the host's kernel. */
export function nativeTarget(version: string): Target {
  return { ...prefixTarget({ name: 'native', version, command: PLACE }, [], ''), native: true };
}

/**
 * A target that is a command line.
 *
 * @param unavailable why it cannot run; empty if it can
 * @param discard removes what one command has left, given its working directory
 */
export function prefixTarget(
  info: TargetInfo,
  template: readonly string[],
  unavailable: string,
  discard: (cwd: string) => Promise<void> = nothingToDiscard,
): Target {
  return {
    info,
    unavailable,
    native: false,
    command: (words: readonly string[], options: CommandOptions): TargetCommand => ({
      argv: fillTemplate(template, words, options.cwd),
      env: options.env,
      cwd: options.cwd,
      discard: () => discard(options.cwd),
    }),
    cleanup: nothingToDiscard,
  };
}
