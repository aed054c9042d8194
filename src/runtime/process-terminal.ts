/** The terminal of a process: who holds its other end. */
import { copyWindow } from './console.js';
import { RuntimeError } from './errors.js';
import { closeQuietly } from './host.js';
import { openPty, sendConsole, setWindowSize } from './terminal.js';

/** Group `tty` of all distributions. */
const TTY_GROUP = 5;

export interface TerminalRequest {
  /** The process wants a terminal. */
  readonly terminal: boolean;
  /** The command does not stay to look after it. */
  readonly detach: boolean;
  readonly consoleSocket?: string;
  /** Who owns the terminal, numbered as on the host. */
  readonly uid: number;
  readonly size?: { readonly width: number; readonly height: number };
}

/** @throws RuntimeError if what is asked for does not fit together */
export function checkTerminal({ terminal, detach, consoleSocket }: TerminalRequest): void {
  if (terminal && detach && consoleSocket === undefined) {
    throw new RuntimeError(
      'cannot make a terminal without --console-socket, for nobody would hold its other end',
    );
  }
  if (!terminal && consoleSocket !== undefined) {
    throw new RuntimeError('--console-socket is only for processes with a terminal (process.terminal)');
  }
}

/** A terminal that has been made; the master is undefined once somebody else has it. */
export class ProcessTerminal {
  constructor(
    readonly slave: number,
    private master: number | undefined,
  ) {}

  /** Give the master away: it is the caller's to close. */
  takeMaster(): number | undefined {
    const { master } = this;
    this.master = undefined;
    return master;
  }

  close(): void {
    closeQuietly(this.slave);
    closeQuietly(this.takeMaster());
  }
}

/** Make the terminal of a process, and send its master to who is to have it. @throws RuntimeError, HostError */
export function makeTerminal(request: TerminalRequest): ProcessTerminal | undefined {
  if (!request.terminal) return undefined;
  const pty = openPty(request.uid, TTY_GROUP);
  const terminal = new ProcessTerminal(pty.slave, pty.master);
  try {
    if (request.consoleSocket === undefined) copyWindow(pty, request.size);
    else {
      if (request.size !== undefined) setWindowSize(pty.master, request.size);
      sendConsole(request.consoleSocket, pty);
      closeQuietly(terminal.takeMaster());
    }
    return terminal;
  } catch (error) {
    terminal.close();
    throw error;
  }
}
