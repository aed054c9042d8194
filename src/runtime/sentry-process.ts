/**
 * Starts the sentry of a sandbox: the same node with the internal command `boot`, which belongs to nobody. Its session is a new
 * one that its guests stay in (ARCHITECTURE.md: one scheduling group), its standard files are the null device or the debug log.
 */
import { closeSync, existsSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  checked,
  errnoText,
  host,
  type ProcessIdentity,
  processStat,
  receive,
  SOCK_SEQPACKET,
  socketPair,
  stubPath,
} from './host.js';

export interface SentryProcessOptions {
  /** The sentry's end of a stream socketpair, over which the caller sends its first requests. */
  readonly control: number;
  /** The listening control socket of the state directory. */
  readonly listen: number;
  /** Of the sandbox, shown by ps(1). */
  readonly sandboxId: string;
  /** What to run instead of `tvisor boot SANDBOX` of this package; its first word is a path. */
  readonly command?: readonly string[];
  /** Descriptor of a file for what the sentry prints; undefined: nowhere. */
  readonly debugLog?: number;
}

const PATIENCE = 30_000;

/** bin/tvisor of this package. */
function program(): string {
  const path = join(dirname(stubPath()), '../../bin/tvisor');
  if (!existsSync(path)) throw new Error(`${path}: missing`);
  return path;
}

/**
 * Start it. The descriptors stay the caller's to close; the sentry holds no others of the caller's.
 *
 * @returns the process, which is no child of the caller's
 * @throws Error with one line
 */
export function spawnSentry(options: SentryProcessOptions): ProcessIdentity {
  const [report, stubReport] = socketPair(SOCK_SEQPACKET);
  const nothing = openSync('/dev/null', 'r+');
  const output = options.debugLog ?? nothing;
  const command = options.command ?? [process.execPath, program(), 'boot', options.sandboxId];
  try {
    const starter = host().spawn({
      path: stubPath(),
      argv: ['tvisor-start', 'detach', '5', ...command],
      // Nothing of the caller's environment: what Node would do by it (NODE_OPTIONS) is not the sandbox's.
      env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      // The sentry expects the control connection and the listener at 3 and 4 (src/sentry/boot.ts).
      fds: [nothing, output, output, options.control, options.listen, stubReport],
    });
    closeSync(stubReport);
    host().waitPid(checked(starter, 'start the sentry'), 0);
    const pid = readReports(report);
    return { pid, startTime: processStat(pid)?.startTime ?? 0 };
  } finally {
    closeSync(nothing);
    closeSync(report);
  }
}

/** The pid, once the program has been executed: its end of the socket is closed then. */
function readReports(report: number): number {
  const bytes = Buffer.alloc(512);
  let pid = 0;
  for (;;) {
    const { length } = receive(report, bytes, PATIENCE);
    const text = bytes.toString('utf8', 1, length);
    if (length === 0) {
      if (pid === 0) throw new Error('cannot start the sentry');
      return pid;
    }
    if (bytes[0] === 0x70 /* p */) pid = Number(text);
    else {
      const [, errno, what] = /^(\d+) ?(.*)$/s.exec(text)!;
      throw new Error(`cannot start the sentry: ${what}: ${errnoText(Number(errno))}`);
    }
  }
}
