/** What the runtime's commands have to say beside their output: to standard error, and to the file of --log. */
import { openSync, writeSync } from 'node:fs';

export type Level = 'debug' | 'info' | 'warning' | 'error';

/** The words and format are logrus's, for engines read the last line of the file as runc writes it. */
export class Report {
  private fd: number | undefined;

  /**
   * @param file of --log; opened with the first record
   * @param debug whether records of level debug are written
   */
  constructor(
    private readonly file: string | undefined,
    private readonly format: 'text' | 'json',
    private readonly debugging: boolean,
    private readonly both: boolean,
  ) {}

  /** @throws Error if the log cannot be written to, before anything has been done. */
  open(): void {
    if (this.file === undefined) return;
    try {
      this.fd = openSync(this.file, 'a', 0o644);
    } catch (error) {
      throw new Error(`--log: ${(error as Error).message}`);
    }
  }

  debug(message: string): void {
    if (!this.debugging) return;
    this.record('debug', message);
    if (this.fd === undefined || this.both) process.stderr.write(this.line('text', 'debug', message));
  }

  warn(message: string): void {
    this.record('warning', message);
    if (this.fd === undefined || this.both) process.stderr.write(`tvisor: warning: ${oneLine(message)}\n`);
  }

  /** @param name the command, as it stands before the message on standard error */
  error(name: string, message: string): void {
    this.record('error', message);
    process.stderr.write(`${name}: ${oneLine(message)}\n`);
  }

  private record(level: Level, message: string): void {
    if (this.fd === undefined) return;
    try {
      writeSync(this.fd, this.line(this.format, level, message));
    } catch {
      // A full disk keeps us from saying so there; standard error has it.
    }
  }

  private line(format: 'text' | 'json', level: Level, message: string): string {
    const time = new Date().toISOString().replace(/\.\d+/, '');
    const msg = oneLine(message);
    return format === 'json'
      ? `${JSON.stringify({ level, msg, time })}\n`
      : `time="${time}" level=${level} msg=${JSON.stringify(msg)}\n`;
  }
}

/** Errors of others may have several lines. */
function oneLine(message: string): string {
  return message.trim().replace(/\s*\n\s*/g, '; ');
}
