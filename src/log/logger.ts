/** The project's log: pino, written synchronously, as text for people or JSON for programs. */
import { type Logger as PinoLogger, pino, stdTimeFunctions } from 'pino';
import type { LogFormat, LogLevel } from './levels.js';
import { LineSink } from './sink.js';
import { formatText } from './text.js';

export type Logger = PinoLogger;

/** Options of {@link createLogger}; all may be left out. */
export interface LogOptions {
  /** Least level that is written; `warn` without it. */
  level?: LogLevel;
  /** `text` without it. */
  format?: LogFormat;
  /** A file to append to; standard error without it. */
  file?: string;
}

/**
 * A logger that is ready to use for as long as the process lives: its file is opened here and never again, and every
 * record is written before the call that logs it returns.
 *
 * @throws what open(2) says about `file`
 */
export function createLogger(options: LogOptions = {}): Logger {
  const sink = options.file === undefined ? LineSink.toDescriptor(2) : LineSink.toFile(options.file);
  const text = (options.format ?? 'text') === 'text';
  return pino(
    {
      level: options.level ?? 'warn',
      base: null,
      // ISO times for programs; milliseconds where formatText makes them a time of day.
      timestamp: text ? stdTimeFunctions.epochTime : stdTimeFunctions.isoTime,
      formatters: text ? {} : { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => sink.write(text ? formatText(line) : line) },
  );
}
