/** Giving a new file description its descriptor. */

import { RLIMIT_NOFILE } from '../src/abi/sched.js';
import type { Task } from '../src/kernel/task.js';
import type { OpenFile } from '../src/vfs/file.js';

/** Installs `file` at the lowest free number; on failure it is released. @returns descriptor or -EMFILE */
export function installFd(task: Task, file: OpenFile, cloexec: boolean): number {
  const fd = task.files.install(file, cloexec, task.group.limit(RLIMIT_NOFILE));
  if (fd < 0 && file.refs === 0) file.release();
  return fd;
}

/**
 * Installs two descriptions and stores their numbers at `addr` (pipe2, socketpair). On failure both are gone again.
 * @returns 0, -EMFILE or -EFAULT
 */
export function installPair(task: Task, a: OpenFile, b: OpenFile, cloexec: boolean, addr: number): number {
  const first = installFd(task, a, cloexec);
  if (first < 0) {
    b.release();
    return first;
  }
  const second = installFd(task, b, cloexec);
  if (second < 0) {
    task.files.close(first);
    return second;
  }
  const dv = task.mem.stage(8);
  dv.setInt32(0, first, true);
  dv.setInt32(4, second, true);
  const r = task.mem.post(addr, 8);
  if (r < 0) {
    task.files.close(first);
    task.files.close(second);
  }
  return r;
}
