/**
 * Command lines in the style of Go's flag package (-name value, -name=value, booleans as -name=false) and of GNU, brought to
 * the one form that commander reads: engines and people write runc's and runsc's flags in all of them.
 */
import { type Command, CommanderError, type Option } from 'commander';

/** The arguments of one command, in commander's form, and what follows them. */
export interface Normalised {
  readonly args: string[];
  /** From the first argument on that is not the command's own any more. */
  readonly rest: string[];
}

const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

/** A boolean as Go's strconv.ParseBool reads it; undefined if it is none. */
export function parseBool(text: string): boolean | undefined {
  if (TRUE.has(text)) return true;
  return FALSE.has(text) ? false : undefined;
}

/** The option that `name` (without dashes) means: a long or a short name. */
function findOption(options: readonly Option[], name: string): Option | undefined {
  return options.find((option) => option.long === `--${name}` || option.short === `-${name}`);
}

/** `-td` as -t -d, where all of them are booleans; undefined if it is not that. */
function splitShort(options: readonly Option[], arg: string): string[] | undefined {
  if (arg.startsWith('--')) return undefined;
  const found = Array.from(arg.slice(1), (letter) =>
    options.find(({ short, required, optional }) => short === `-${letter}` && !required && !optional),
  );
  const names = found.map((option) => option?.long ?? option?.short);
  return names.every((name) => name !== undefined) ? names : undefined;
}

/** commander would take `-bogus` for `-b ogus`. */
function unknown(arg: string): never {
  throw new CommanderError(1, 'commander.unknownOption', `error: unknown option '${arg}'`);
}

/** What one flag becomes; `takesNext` says that its value is the following argument. */
function rewrite(option: Option, value: string | undefined): { args: string[]; takesNext: boolean } {
  const name = option.long ?? option.short ?? '';
  if (option.required) {
    return value === undefined
      ? { args: [], takesNext: true }
      : { args: [`${name}=${value}`], takesNext: false };
  }
  if (option.optional) return { args: [`${name}=${value ?? 'true'}`], takesNext: false };
  if (value === undefined || parseBool(value) === true) return { args: [name], takesNext: false };
  // An option that was not given is false already; any other text is for commander to complain about.
  return { args: parseBool(value) === false ? [] : [`${name}=${value}`], takesNext: false };
}

/**
 * Bring the arguments of a command to commander's form.
 *
 * @param command whose options they are
 * @param args the arguments
 * @param positionals how many arguments without a dash may come before everything else belongs to somebody else;
 *   Infinity: flags may stand anywhere
 * @throws CommanderError for a flag that the command does not have
 */
export function normalise(command: Command, args: readonly string[], positionals: number): Normalised {
  const { options } = command;
  const result: string[] = [];
  let seen = 0;
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? '';
    if (arg === '--' || (seen > 0 && seen === positionals)) return { args: result, rest: args.slice(index) };
    if (!arg.startsWith('-') || arg === '-') {
      if (seen === positionals) return { args: result, rest: args.slice(index) };
      seen++;
      result.push(arg);
      continue;
    }
    const [, name = '', value] = /^--?([^=]*)(?:=([\s\S]*))?$/.exec(arg) ?? [];
    if (name === 'h' || name === 'help') {
      result.push('--help');
      continue;
    }
    const option = findOption(options, name);
    if (option === undefined) {
      result.push(...(splitShort(options, arg) ?? unknown(arg)));
      continue;
    }
    const next = args[index + 1];
    if (value === undefined && option.optional && next !== undefined && option.argChoices?.includes(next)) {
      result.push(`${option.long}=${next}`);
      index++;
      continue;
    }
    const { args: own, takesNext } = rewrite(option, value);
    result.push(...own);
    if (!takesNext) continue;
    if (next === undefined) result.push(option.long ?? '');
    else result.push(`${option.long ?? option.short}=${next}`);
    index++;
  }
  return { args: result, rest: [] };
}
