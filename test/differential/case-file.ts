/** The directives that a case may carry in comments at its top: `// args: a b`, `// stdin: text` and so on. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** One case: a C file and how to run it. */
export interface CaseFile {
  name: string;
  source: string;
  args: string[];
  /** `\n` and `\t` in the directive are the characters. */
  stdin: string;
  libs: string[];
  /** Compiler flags, for example -static. */
  flags: string[];
  /** Milliseconds a run may take. */
  timeout: number;
  /** The system calls that the case is about; for people. */
  covers: string[];
}

const DEFAULT_TIMEOUT_SECONDS = 30;
const directive = /^\/\/ (args|stdin|libs|flags|timeout|covers): (.*)$/;

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
    source,
    args: words('args'),
    stdin: (values.get('stdin') ?? '').replaceAll('\\n', '\n').replaceAll('\\t', '\t'),
    libs: words('libs'),
    flags: words('flags'),
    timeout: Number(values.get('timeout') ?? DEFAULT_TIMEOUT_SECONDS) * 1000,
    covers: words('covers'),
  };
}
