/** One sandbox in which the guest program waits for rows to measure. */
import { type ChildProcess, spawn } from 'node:child_process';
import { boundedProgram } from '../compat/bounded.js';
import type { TargetCommand } from '../compat/targets/target.js';

/** Nanoseconds per operation, of the median part of a loop and of the fastest. */
export interface LoopTime {
  median: number;
  fastest: number;
}

/** Milliseconds after which a forgotten session ends by itself. */
const lifetime = 30 * 60_000;
/** Milliseconds for the sandbox to end after its input has. */
const patience = 5_000;
const mostWordsKept = 1000;

function parseTimes(line: string): LoopTime | undefined {
  const [median = Number.NaN, fastest = Number.NaN, ...rest] = line.split(' ').map(Number);
  return rest.length === 0 && median > 0 && fastest > 0 && median < Number.POSITIVE_INFINITY
    ? { median, fastest }
    : undefined;
}

/** Starts with `open`; after a failure of the sandbox itself it is `ended` and answers nothing more. */
export class Session {
  private output = '';
  private words = '';
  private waiting: ((line: string | undefined) => void) | undefined;
  private readonly closed: Promise<void>;
  ended = false;

  private constructor(
    private readonly child: ChildProcess,
    private readonly command: TargetCommand,
    private readonly signal: AbortSignal | undefined,
  ) {
    signal?.addEventListener('abort', this.stop, { once: true });
    child.stdout?.setEncoding('latin1').on('data', (text: string) => this.take(text));
    child.stderr?.setEncoding('latin1').on('data', (text: string) => {
      this.words = (this.words + text).slice(-mostWordsKept);
    });
    // A sandbox that has ended does not read.
    child.stdin?.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      const end = (): void => {
        this.ended = true;
        this.deliver(undefined);
        resolve();
      };
      child.on('error', end);
      child.on('close', end);
    });
  }

  /**
   * Start `micro serve` with a command of a target.
   *
   * @param signal ends it early
   */
  static async open(command: TargetCommand, signal?: AbortSignal): Promise<Session> {
    const child = spawn(await boundedProgram(), [String(lifetime), ...command.argv], {
      cwd: command.cwd,
      env: command.env,
      stdio: ['pipe', 'pipe', 'pipe', 'ignore'],
      detached: true,
    });
    return new Session(child, command, signal);
  }

  private readonly stop = (): void => void this.child.kill('SIGTERM');

  private take(text: string): void {
    this.output += text;
    const end = this.output.indexOf('\n');
    if (end >= 0) {
      const line = this.output.slice(0, end);
      this.output = this.output.slice(end + 1);
      this.deliver(line);
    }
  }

  private deliver(line: string | undefined): void {
    const waiting = this.waiting;
    this.waiting = undefined;
    waiting?.(line);
  }

  /**
   * Measure one row.
   *
   * @param timeout milliseconds; when they have passed the session is ended
   * @returns its times, or why there are none
   */
  async ask(row: string, iterations: number, timeout: number): Promise<LoopTime | string> {
    if (this.ended) {
      return this.lastWords();
    }
    let timedOut = false;
    const line = await new Promise<string | undefined>((resolve) => {
      const timer = setTimeout(() => {
        timedOut = true;
        this.stop();
      }, timeout);
      this.waiting = (answer) => {
        clearTimeout(timer);
        resolve(answer);
      };
      this.child.stdin?.write(`${row} ${iterations}\n`);
    });
    if (line === undefined) {
      await this.closed;
      return timedOut ? 'timed out' : this.lastWords();
    }
    return parseTimes(line) ?? line.replace(/^error: /, '').slice(0, 160);
  }

  private lastWords(): string {
    const words = this.words.trim().split('\n').pop()?.slice(0, 160);
    return words ? `ended: ${words}` : 'ended';
  }

  /** End the sandbox and everything in it. */
  async close(): Promise<void> {
    this.child.stdin?.end();
    const timer = setTimeout(this.stop, patience);
    await this.closed;
    clearTimeout(timer);
    this.signal?.removeEventListener('abort', this.stop);
    await this.command.discard();
  }
}
