/** Character devices: what opens of their numbers give (Documentation/admin-guide/devices.txt). */

import { EFAULT, EINVAL, EIO, ENODEV, ENOSPC, ENOTTY, ENXIO } from '../../abi/errno.js';
import { O_NOCTTY } from '../../abi/fcntl.js';
import type { Task } from '../../kernel/task.js';
import { controllingTty } from '../../kernel/tty.js';
import type { Sink, Source } from '../../kernel/useriov.js';
import { registerCharDevice } from '../../vfs/chardev.js';
import type { Path } from '../../vfs/dentry.js';
import { type MapSource, OpenFile } from '../../vfs/file.js';
import { openPtmx, openPts, PTS_MAJOR } from '../devpts/devpts.js';

/** Entropy ioctls of random(4). */
const RNDGETENTCNT = 0x80045200;
const ENTROPY_BITS = 256;
/** Bytes in one step; a big request takes several. */
const STEP = 65536;
/** Far more than one mapping of /dev/zero can reach; nothing of it is backed before it is touched. */
const ZERO_SIZE = 2 ** 42;

/** Takes everything and gives nothing. */
class NullFile extends OpenFile {
  override read(_task: Task, _sink: Sink, _pos: number): number {
    return 0;
  }
  /** The bytes are not even looked at, as in Linux: a bad address is fine. */
  override write(_task: Task, source: Source): number {
    return source.remaining;
  }
  override seek(): number {
    this.pos = 0;
    return 0;
  }
  override truncate(): number {
    return -EINVAL;
  }
  override get splices(): OpenFile['splices'] {
    return { read: false, write: true };
  }
}

class ZeroFile extends NullFile {
  private hostFd = -1;
  private closeHost: (fd: number) => void = () => {};
  private newMemfd: (writable: boolean) => number = () => -ENODEV;

  constructor(task: Task, path: Path, flags: number) {
    super(path, flags);
    const { native } = task.kernel;
    this.closeHost = (fd) => native.close(fd);
    this.newMemfd = (writable) => {
      const fd = native.memfd('zero');
      if (fd < 0) return fd;
      const err = native.ftruncate(fd, ZERO_SIZE);
      if (err >= 0 && writable) return fd;
      // mprotect(2) is the host's: who may only read gets a descriptor that cannot be written through.
      const readOnly = err < 0 ? err : native.reopenReadOnly(fd);
      native.close(fd);
      return readOnly;
    };
  }
  override get splices(): OpenFile['splices'] {
    return { read: true, write: true };
  }
  override read(_task: Task, sink: Sink): number {
    return sink.remaining === 0 ? 0 : sink.putZero(sink.remaining);
  }
  /** Each mapping has zeroes of its own, also a shared one (shmem_zero_setup). */
  override map(): MapSource | number {
    const fd = this.newMemfd(this.writable);
    if (fd < 0) return fd;
    if (this.hostFd >= 0) this.closeHost(this.hostFd);
    this.hostFd = fd;
    return { hostFd: fd };
  }
  override release(): void {
    if (this.hostFd >= 0) this.closeHost(this.hostFd);
    this.hostFd = -1;
  }
}

class FullFile extends NullFile {
  override get splices(): OpenFile['splices'] {
    return { read: true, write: false };
  }
  override read(_task: Task, sink: Sink): number {
    return sink.remaining === 0 ? 0 : sink.putZero(sink.remaining);
  }
  override write(): number {
    return -ENOSPC;
  }
}

/** random(4): the host's generator never blocks once seeded. Writes are taken and not mixed in. */
class RandomFile extends NullFile {
  /** @param waits it is the one that may have to wait, in theory: only that can be polled */
  constructor(
    path: Path,
    flags: number,
    private readonly waits: boolean,
  ) {
    super(path, flags);
  }
  override get splices(): OpenFile['splices'] {
    return { read: true, write: true };
  }
  override read(task: Task, sink: Sink): number {
    let total = 0;
    while (sink.remaining > 0) {
      const buf = new Uint8Array(Math.min(sink.remaining, STEP));
      const n = task.kernel.native.getrandom(buf, 0, buf.length);
      if (n <= 0) return total > 0 ? total : n === 0 ? -EIO : n;
      const put = sink.put(buf, 0, n);
      if (put <= 0) return total > 0 ? total : put;
      total += put;
    }
    return total;
  }
  override write(_task: Task, source: Source): number {
    let total = 0;
    const buf = new Uint8Array(Math.min(source.remaining, STEP));
    while (source.remaining > 0) {
      const n = source.take(buf, 0, Math.min(source.remaining, STEP));
      if (n <= 0) return total > 0 ? total : -EFAULT;
      total += n;
    }
    return total;
  }
  override get pollable(): boolean {
    return this.waits;
  }
  override ioctl(task: Task, request: number, arg: number): number {
    return request === RNDGETENTCNT ? task.mem.putU32(arg, ENTROPY_BITS) : -ENOTTY;
  }
}

/** /dev/tty: the caller's controlling terminal. */
function openTty(task: Task, path: Path, flags: number): OpenFile | number {
  const tty = controllingTty(task.group);
  return tty === undefined ? -ENXIO : (tty.opener?.(task, path, flags | O_NOCTTY) ?? -EIO);
}

/** /dev/console: the operator's terminal. */
function openConsole(task: Task, path: Path, flags: number): OpenFile | number {
  return task.container.hostTty?.opener?.(task, path, flags) ?? -ENODEV;
}

/** Makes the devices known to the VFS: nodes made by mknod(2) anywhere open them, too. */
export function registerDevices(): void {
  const memory = (minor: number, make: (task: Task, path: Path, flags: number) => OpenFile): void =>
    registerCharDevice(1, minor, (task, path, flags) => make(task, path, flags & ~O_NOCTTY));
  memory(3, (_task, path, flags) => new NullFile(path, flags));
  memory(5, (task, path, flags) => new ZeroFile(task, path, flags));
  memory(7, (_task, path, flags) => new FullFile(path, flags));
  memory(8, (_task, path, flags) => new RandomFile(path, flags, true));
  memory(9, (_task, path, flags) => new RandomFile(path, flags, false));
  registerCharDevice(5, 0, openTty);
  registerCharDevice(5, 1, openConsole);
  registerCharDevice(5, 2, openPtmx);
  registerCharDevice(PTS_MAJOR, -1, openPts);
}
