/** The directives that a case may carry in comments at its top: `// args: a b`, `// stdin: text` and so on. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** One case: a C file and how to run it. */
export interface CaseFile {
  name: string;
  /** The directory it is in: file, memory, process ... */
  family: string;
  source: string;
  args: string[];
  /** `\n` and `\t` in the directive are the characters. */
  stdin: string;
  libs: string[];
  /** Compiler flags, for example -static. */
  flags: string[];
  /** Milliseconds a run may take. */
  timeout: number;
  /** The system calls that the case is about, for a case without checks of its own (see CHECK in case.h). */
  covers: string[];
  /** Features across calls, to select by: `efault`, `limits`, `ptys` ... */
  tags: string[];
}

/** Natively no case takes more than two; a sandbox that hangs in many must not make a run last for hours. */
const DEFAULT_TIMEOUT_SECONDS = 10;
const directive = /^\/\/ (args|stdin|libs|flags|timeout|covers|tags): (.*)$/;

/**
 * Read a case's directives: the `// name: value` lines before the first line of code. Other comments there are for people.
 *
 * @param source absolute path of the C file
 */
export function readCase(source: string): CaseFile {
  const values = new Map<string, string>();
  for (const line of readFileSync(source, 'utf8').split('\n')) {
    if (!line.startsWith('//')) {
      break;
    }
    const match = directive.exec(line);
    if (match) {
      values.set(match[1] ?? '', match[2] ?? '');
    }
  }
  const words = (name: string): string[] => (values.get(name) ?? '').split(' ').filter((word) => word !== '');
  return {
    name: basename(source, '.c'),
    family: basename(dirname(source)),
    source,
    args: words('args'),
    stdin: (values.get('stdin') ?? '').replaceAll('\\n', '\n').replaceAll('\\t', '\t'),
    libs: words('libs'),
    flags: words('flags'),
    timeout: Number(values.get('timeout') ?? DEFAULT_TIMEOUT_SECONDS) * 1000,
    covers: words('covers'),
    tags: words('tags'),
  };
}

/**
 * All cases below a directory, `FAMILY/NAME.c`, by name.
 *
 * @param directory absolute path
 */
export function readCases(directory: string): CaseFile[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.c'))
    .map((file) => readCase(join(directory, file)))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
