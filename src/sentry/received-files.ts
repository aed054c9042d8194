/** Descriptors that came with a request, and the table of files that a process starts with. */
import { O_ACCMODE, O_APPEND, O_NONBLOCK, O_RDWR } from '../abi/fcntl.js';
import { TCGETS } from '../abi/ioctl.js';
import { ControlFailure } from '../control/server.js';
import { giveDescriptor, HostStream } from '../fs/hostfile.js';
import type { Kernel } from '../kernel/kernel.js';
import { FdTable } from '../vfs/fdtable.js';
import { closeLocks } from '../vfs/locks.js';
import type { FdIndex, ProcessSpec } from './container-spec.js';
import type { HostTerminal } from './terminal.js';

/** The descriptors of one request. Those that are not taken are closed with its answer. */
export class ReceivedFds {
  /** @param fds taken ones are replaced by -1 */
  constructor(private readonly fds: number[]) {}

  /** @returns the descriptor, which is the caller's from now on; throws ControlFailure if it did not come, or was taken */
  take(index: FdIndex): number {
    const fd = this.fds[index];
    if (fd === undefined || fd < 0)
      throw new ControlFailure('invalid', `descriptor ${index} did not come with the request`);
    this.fds[index] = -1;
    return fd;
  }
}

/** A table without files that closes as a process's does. */
export function emptyTable(): FdTable {
  return new FdTable((table, fd, file) => {
    closeLocks(table, fd, file);
    file.flush(table);
  });
}

/** Status flags of one of our own descriptors, from /proc/self/fdinfo. */
function hostFlags(kernel: Kernel, fd: number): number {
  const text = kernel.native.hostProc(0, `fdinfo/${fd}`);
  const match = typeof text === 'string' ? /^flags:\s+([0-7]+)/m.exec(text) : null;
  const flags = match?.[1] === undefined ? O_RDWR : Number.parseInt(match[1], 8);
  return flags & (O_ACCMODE | O_APPEND | O_NONBLOCK);
}

/** A stream of the guest's over a descriptor of the host, which may be the terminal. */
export function openStream(kernel: Kernel, fd: number, terminal: HostTerminal | undefined): HostStream {
  const flags = hostFlags(kernel, fd);
  if (terminal !== undefined && kernel.native.ioctlBuf(fd, TCGETS, 0) >= 0) return terminal.stream(flags);
  return new HostStream(kernel, fd, flags);
}

/** The table that a process starts with: its terminal three times, or the descriptors that came for it. */
export function streamTable(
  kernel: Kernel,
  files: ProcessSpec['files'],
  fds: ReceivedFds,
  terminal: HostTerminal | undefined,
): FdTable {
  const table = emptyTable();
  if (terminal !== undefined)
    for (let fd = 0; fd < 3; fd++) table.replace(fd, terminal.stream(O_RDWR), false);
  for (const { guestFd, fd: index } of files) {
    const fd = fds.take(index);
    table.replace(guestFd, openStream(kernel, fd, undefined), false);
    giveDescriptor(kernel.native, fd);
  }
  return table;
}
