/** Moving bytes between files through buffers of the kernel's own: splice(2), sendfile(2), asynchronous I/O. */

import { EAGAIN } from '../src/abi/errno.js';
import { O_NONBLOCK } from '../src/abi/fcntl.js';
import type { Task } from '../src/kernel/task.js';
import { BufferSink, BufferSource } from '../src/kernel/useriov.js';
import type { SyscallResult } from '../src/kernel/wait.js';
import type { OpenFile } from '../src/vfs/file.js';

/** A sink over a kernel buffer that can also take bytes of host files. */
export function bufferSink(task: Task, buf: Uint8Array): BufferSink {
  const { native } = task.kernel;
  return new BufferSink(buf, (fd, dst, off, len, pos) => native.pread(fd, dst, off, len, pos));
}

/** A source over a kernel buffer that can also give bytes to host files. */
export function bufferSource(task: Task, buf: Uint8Array): BufferSource {
  const { native } = task.kernel;
  return new BufferSource(buf, (fd, src, off, len, pos) => native.pwrite(fd, src, off, len, pos));
}

/** Runs `io` with the description non-blocking, so that it answers with a number: one thread, nobody sees it. */
export function withoutWaiting(file: OpenFile, io: () => SyscallResult): number {
  const was = file.flags & O_NONBLOCK;
  file.flags |= O_NONBLOCK;
  try {
    const r = io();
    if (typeof r === 'number') return r;
    r.done?.();
    return -EAGAIN;
  } finally {
    if (was === 0) file.flags &= ~O_NONBLOCK;
  }
}
