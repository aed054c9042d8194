/** The Linux Test Project's runtest files: a line an entry, `NAME COMMAND ARG...`. */
import { readFileSync } from 'node:fs';

/** One entry: a name and what to run for it. */
export interface RuntestEntry {
  /** Unique in its file: entries that share a name are told apart by `#2`, `#3`. */
  name: string;
  /** As it stands in the file, for a shell. */
  command: string;
  /** The program that the command starts with, to see if it was built. */
  program: string;
}

/** The first word of a shell command that is no assignment, without quotes. */
function programOf(command: string): string {
  const words = command.split(/[\s;|&]+/);
  return (words.find((word) => !/^\w+=/.test(word)) ?? '').replaceAll(/["']/g, '');
}

/**
 * The entries in the text of a runtest file, in its order. Empty lines and comments (`#` as the first character that is
 * no blank) are skipped; a name alone is its own command.
 */
export function parseRuntest(text: string): RuntestEntry[] {
  const seen = new Map<string, number>();
  return text.split('\n').flatMap((raw) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return [];
    const blank = /\s/.exec(line)?.index ?? line.length;
    const name = line.slice(0, blank);
    const command = line.slice(blank).trim() || name;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return [{ name: count === 1 ? name : `${name}#${count}`, command, program: programOf(command) }];
  });
}

/**
 * Read a runtest file.
 *
 * @throws Error of readFileSync when it is not there
 */
export function readRuntest(path: string): RuntestEntry[] {
  return parseRuntest(readFileSync(path, 'utf8'));
}
