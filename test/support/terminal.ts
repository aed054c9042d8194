/** A program on a pseudo-terminal, driven as a person would: wait for what it shows, type, wait again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { compile } from './compile.js';
import { supportDir } from './paths.js';
import { baseEnvironment, shellStatus } from './run.js';

const EXPECT_TIMEOUT = 20_000;

export class Terminal {
  /** Everything that the terminal has shown. */
  transcript = '';
  /** Where the next `expect` begins to look. */
  #position = 0;
  readonly #child: ChildProcess;
  readonly #ended: Promise<number>;
  #wake: () => void = () => undefined;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stdin?.on('error', () => undefined);
    child.stdout?.on('data', (chunk: Buffer) => {
      this.transcript += chunk.toString('latin1');
      this.#wake();
    });
    this.#ended = new Promise((resolve) => {
      child.on('close', (code, signal) => resolve(shellStatus(code, signal)));
    });
  }

  /**
   * Start a program as the leader of a session on a new terminal of 24 rows and 80 columns.
   *
   * @param command the program and its arguments
   */
  static async start(command: string[]): Promise<Terminal> {
    const program = await compile(join(supportDir, 'pty-run.c'), { libs: ['-lutil'] });
    const child = spawn(program, ['24', '80', ...command], {
      cwd: '/tmp',
      env: { ...baseEnvironment(), PS1: '$ ', HISTFILE: '/dev/null', INPUTRC: '/dev/null' },
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    });
    return new Terminal(child);
  }

  /**
   * Wait until the terminal has shown a text after what was expected last.
   *
   * @throws Error with the transcript when it does not come in 20 seconds
   */
  async expect(pattern: RegExp): Promise<RegExpExecArray> {
    const limit = Date.now() + EXPECT_TIMEOUT;
    for (;;) {
      const match = pattern.exec(this.transcript.slice(this.#position));
      if (match) {
        this.#position += match.index + match[0].length;
        return match;
      }
      const left = limit - Date.now();
      if (left <= 0) {
        throw new Error(`${pattern} was not shown; the terminal: ${JSON.stringify(this.transcript)}`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Type. */
  send(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** Make the window 50 rows of 132 columns. */
  resize(): void {
    this.#child.kill('SIGUSR1');
  }

  /**
   * Wait for the program's end.
   *
   * @returns its status as a shell reports it
   * @throws Error with the transcript when it does not end in 20 seconds
   */
  async end(): Promise<number> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`does not end; the terminal: ${JSON.stringify(this.transcript)}`)),
        EXPECT_TIMEOUT,
      );
    });
    try {
      return await Promise.race([this.#ended, timeout]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** End whatever is left. */
  dispose(): void {
    try {
      this.#child.kill('SIGKILL');
    } catch {
      // Already gone.
    }
  }
}
