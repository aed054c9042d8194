/** A terminal of the host's, the operator's own or a container's: its object, its name /dev/pts/N, its modes. */

import { TCGETS, TCSETS } from '../abi/ioctl.js';
import { type DevPtsFs, devPtsOf } from '../fs/devpts/devpts.js';
import { giveDescriptor, HostStream } from '../fs/hostfile.js';
import { makedev, minorOf } from '../fs/pseudo.js';
import type { Container } from '../kernel/container.js';
import type { Cred } from '../kernel/cred.js';
import type { Kernel } from '../kernel/kernel.js';
import { Tty } from '../kernel/tty.js';
import type { Path } from '../vfs/dentry.js';
import { mountConsole } from './world/console.js';

const PTS_MAJOR = 136;
/** struct termios of the kernel (asm-generic/termbits.h), and c_lflag in it. */
const TERMIOS_SIZE = 36;
const TERMIOS_LFLAG = 12;

/** The first standard stream that is a terminal, or -1. */
function terminalFd(kernel: Kernel): number {
  for (let fd = 0; fd < 3; fd++) if (kernel.native.ioctlBuf(fd, TCGETS, 0) >= 0) return fd;
  return -1;
}

export class HostTerminal {
  private readonly modes: Uint8Array;
  private pts: DevPtsFs | undefined;
  /** Where guests see it. */
  path: Path | undefined;

  private constructor(
    private readonly kernel: Kernel,
    readonly fd: number,
    readonly tty: Tty,
  ) {
    this.modes = this.read();
    tty.opener = (_task, path, flags) => new HostStream(kernel, fd, flags, tty, path);
    tty.localFlags = () => new DataView(this.read().buffer).getUint32(TERMIOS_LFLAG, true);
  }

  /** @returns undefined if no standard stream is a terminal. Must be called before the file systems are made. */
  static find(container: Container): HostTerminal | undefined {
    const { kernel } = container;
    const fd = terminalFd(kernel);
    if (fd < 0) return undefined;
    // It is the first terminal of the sandbox: number 0.
    const tty = new Tty(kernel, makedev(PTS_MAJOR, 0));
    container.hostTty = tty;
    return new HostTerminal(kernel, HostTerminal.descriptor(kernel, fd), tty);
  }

  /**
   * The terminal of a process of a container: the slave of a pair whose master a client has. It gets a name in the container's
   * devpts, where there is one. @param fd becomes the terminal's to close @param console it is the container's /dev/console
   */
  static open(container: Container, fd: number, owner: Cred, console: boolean): HostTerminal {
    const { kernel } = container;
    const pts = devPtsOf(container);
    const tty = new Tty(kernel, makedev(PTS_MAJOR, pts?.freeIndex() ?? 0));
    if (console) container.hostTty = tty;
    const own = HostTerminal.descriptor(kernel, fd);
    if (own !== fd) kernel.native.close(fd);
    const terminal = new HostTerminal(kernel, own, tty);
    if (pts !== undefined) terminal.name(pts, owner);
    if (console && terminal.path !== undefined) mountConsole(container, terminal.path);
    return terminal;
  }

  /** One more description of it. @param flags O_* */
  stream(flags: number): HostStream {
    return new HostStream(this.kernel, this.fd, flags, this.tty, this.path);
  }

  /** Its process has ended: it is closed with the last description of it, and has no name any more. */
  retire(): void {
    this.tty.opener = undefined;
    this.pts?.detach(minorOf(this.tty.rdev));
    giveDescriptor(this.kernel.native, this.fd);
  }

  /**
   * A descriptor for the terminal `fd` that never waits, or `fd` itself where the terminal cannot be opened again (it belongs
   * to another user): then a read may wait in the host after all, when input is flushed at the wrong moment.
   */
  static descriptor(kernel: Kernel, fd: number): number {
    const own = kernel.native.openTerminal(fd);
    return own < 0 ? fd : own;
  }

  /** Gives it its name. */
  name(pts: DevPtsFs, owner: Cred): void {
    this.pts = pts;
    this.path = pts.pathOf(pts.attach(this.tty, owner));
  }

  /** The modes now in force (struct termios). */
  read(): Uint8Array {
    const { native } = this.kernel;
    native.ioctlBuf(this.fd, TCGETS, 0);
    return new Uint8Array(native.scratch, 0, TERMIOS_SIZE).slice();
  }

  /** Puts the modes back that the operator had. */
  restore(): void {
    this.write(this.modes);
  }

  /** Sets the modes: what `read` gave once. */
  write(modes: Uint8Array): void {
    const { native } = this.kernel;
    new Uint8Array(native.scratch, 0, TERMIOS_SIZE).set(modes);
    native.ioctlBuf(this.fd, TCSETS, 0);
  }
}
