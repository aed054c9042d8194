/** Flags that several commands have. */
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { FileDescriptorPair } from '../../runtime/descriptors.js';
import { UsageError } from '../usage-error.js';

/** For options that may be repeated. */
export function append(value: string, previous: string[] = []): string[] {
  return [...previous, value];
}

/** Flags of runc that ask for what is never done here, or that only runc needs. */
export function accepted(command: Command, ...flags: string[]): Command {
  for (const flag of flags) command.addOption(new Option(flag, 'accepted').hideHelp());
  return command;
}

/** What `create`, `run` and `exec` have in common: the console, the pid file, descriptors. */
export interface ProcessFlags {
  consoleSocket?: string;
  pidFile?: string;
  preserveFds?: string;
  passFd?: string[];
}

export function addProcessFlags(command: Command): Command {
  return command
    .option('--console-socket <path>', 'unix socket that the master side of the terminal is sent to')
    .option('--pid-file <path>', 'write the pid of the process that stands for the container to this file')
    .option('--preserve-fds <n>', 'pass this many descriptors from number 3 on')
    .option('--pass-fd <m:n>', 'pass descriptor M as number N; repeat for more', append);
}

export interface BundleFlags extends ProcessFlags {
  bundle?: string;
  config?: string;
}

export function addBundleFlags(command: Command): Command {
  addProcessFlags(
    command
      .option('-b, --bundle <dir>', 'directory with config.json (default: where you are)')
      .option('-f, --config <file>', 'another file in the place of config.json'),
  );
  return accepted(command, '--no-pivot', '--no-new-keyring', '--user-log <path>');
}

/** A number of at least 0 and at most `max`. @throws UsageError */
export function parseCount(option: string, text: string, max: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= max)) throw new UsageError(option, `'${text}': expected a number from 0 to ${max}`);
  return value;
}

/** Descriptors of one process at most, for ours come with one message. */
const MAX_PASSED = 200;

/**
 * The descriptors of ours that a process gets, beside the standard streams.
 *
 * @param sockets how many come first that a service manager has given us
 * @throws UsageError
 */
export function parseDescriptors(flags: ProcessFlags, sockets = 0): FileDescriptorPair[] {
  const preserved =
    flags.preserveFds === undefined ? 0 : parseCount('--preserve-fds', flags.preserveFds, MAX_PASSED);
  const pairs: FileDescriptorPair[] = Array.from({ length: preserved + sockets }, (_, index) => ({
    host: index + 3,
    guest: index + 3,
    optional: true,
  }));
  for (const text of flags.passFd ?? []) {
    const match = /^(\d{1,6}):(\d{1,6})$/.exec(text);
    if (match === null) throw new UsageError('--pass-fd', `'${text}': expected M:N`);
    pairs.push({ host: Number(match[1]), guest: Number(match[2]) });
  }
  return pairs;
}

/** The paths among the flags, absolute. */
export function processPaths(flags: ProcessFlags): { consoleSocket?: string; pidFile?: string } {
  const { consoleSocket, pidFile } = flags;
  return {
    ...(consoleSocket ? { consoleSocket: resolve(consoleSocket) } : {}),
    ...(pidFile ? { pidFile: resolve(pidFile) } : {}),
  };
}

/** The bundle's directory and configuration, absolute. */
export function bundlePaths(flags: BundleFlags): { bundle: string; config?: string } {
  const bundle = resolve(flags.bundle ?? '.');
  return { bundle, ...(flags.config ? { config: resolve(bundle, flags.config) } : {}) };
}
