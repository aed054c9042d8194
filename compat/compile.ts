/** Compiling C programs, each once a run. */
import { execFile } from 'node:child_process';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { scratchDirectory } from './scratch.js';

const execute = promisify(execFile);
const built = new Map<string, Promise<string>>();
let outputDirectory: string | undefined;

export interface CompileOptions {
  /** Another compiler than gcc, for example musl-gcc. */
  compiler?: string;
  flags?: string[];
  /** Linked after the source, for example -lpthread. */
  libs?: string[];
}

/**
 * Compile one C file into a program. The result lives until this process ends; the same file with the same flags is
 * compiled once.
 *
 * @param source absolute path of the C file
 * @returns absolute path of the program
 * @throws Error with the compiler's words
 */
export function compile(source: string, options: CompileOptions = {}): Promise<string> {
  const { compiler = 'gcc', flags = [], libs = [] } = options;
  const key = [compiler, source, ...flags, '--', ...libs].join('\0');
  let program = built.get(key);
  if (!program) {
    outputDirectory ??= scratchDirectory('bin');
    const output = join(outputDirectory, `${basename(source, '.c')}-${built.size}`);
    program = execute(compiler, ['-O1', '-Wall', '-o', output, ...flags, source, ...libs]).then(
      () => output,
      (error: { stderr?: string; message: string }) => {
        throw new Error(`${compiler} ${source}:\n${error.stderr ?? error.message}`);
      },
    );
    built.set(key, program);
  }
  return program;
}
