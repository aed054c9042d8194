/**
 * Reading and writing through a description, as vfs_read and vfs_write do it around a file's own operations: positions,
 * limits, SIGPIPE and SIGXFSZ, O_APPEND, O_SYNC, set-user-id bits.
 */

import { EFBIG, EINVAL, EISDIR, EPIPE } from '../src/abi/errno.js';
import { __O_SYNC, O_DSYNC } from '../src/abi/fcntl.js';
import { IN_ACCESS, IN_MODIFY } from '../src/abi/poll.js';
import { CAP_FSETID, RLIMIT_FSIZE } from '../src/abi/sched.js';
import { SIGPIPE, SIGXFSZ } from '../src/abi/signal.js';
import { S_IFMT, S_IFREG, S_ISGID, S_ISUID, S_IXGRP } from '../src/abi/stat.js';
import { capable } from '../src/kernel/cred.js';
import { raise } from '../src/kernel/signals.js';
import type { Task } from '../src/kernel/task.js';
import type { Sink, Source } from '../src/kernel/useriov.js';
import type { Block, SyscallResult, WaitQueue, WOULD_BLOCK } from '../src/kernel/wait.js';
import { MAX_OFFSET, type OpenFile } from '../src/vfs/file.js';
import { notifyPath } from '../src/vfs/notify.js';
import { isDirectory } from './descriptors.js';

/** Reads at the description's position and moves it. */
export function readFile(task: Task, file: OpenFile, sink: Sink): SyscallResult {
  const r = file.read(task, sink, file.pos);
  if (typeof r !== 'number') return r;
  if (r > 0) {
    if (file.seekable) file.pos += r;
    notifyPath(file.path, IN_ACCESS);
  } else if (r === -EINVAL && isDirectory(file)) return -EISDIR;
  return r;
}

/** Reads at `pos`; the description's own position stays. The caller refused files that are not seekable. */
export function readFileAt(task: Task, file: OpenFile, sink: Sink, pos: number): SyscallResult {
  const r = file.read(task, sink, pos);
  if (typeof r === 'number' && r > 0) notifyPath(file.path, IN_ACCESS);
  return r === -EINVAL && isDirectory(file) ? -EISDIR : r;
}

/** Where a write to a seekable file begins: at its end with O_APPEND, else at `pos`. */
export function writePosition(file: OpenFile, pos: number): number {
  return file.append ? file.getattr().size : pos;
}

/**
 * How much of a write of `len` bytes at `pos` the limits allow (generic_write_checks): cut at RLIMIT_FSIZE and at the
 * largest offset. @returns bytes, or -EFBIG, after SIGXFSZ where the process's own limit is the reason
 */
export function writeRoom(task: Task, file: OpenFile, pos: number, len: number): number {
  if (len === 0) return 0;
  const limit = task.group.limit(RLIMIT_FSIZE);
  if (limit !== Infinity && (file.inode.mode & S_IFMT) === S_IFREG) {
    if (pos >= limit) {
      raise(task, SIGXFSZ);
      return -EFBIG;
    }
    if (len > limit - pos) return limit - pos;
  }
  if (len > MAX_OFFSET - pos) return pos >= MAX_OFFSET ? -EFBIG : MAX_OFFSET - pos;
  return len;
}

/**
 * Writes to a seekable file at `pos`, the source already cut by `writeRoom`. Takes set-id bits away first where the writer
 * has no right to keep them, and makes the data durable afterwards if the description says so.
 */
export function writeSeekable(
  task: Task,
  file: OpenFile,
  source: Source,
  pos: number,
  durable = 0,
): SyscallResult {
  const mode = file.inode.mode;
  if ((mode & (S_ISUID | S_ISGID)) !== 0 && source.remaining > 0) dropSetId(task, file, mode);
  const r = file.write(task, source, pos);
  if (typeof r !== 'number' || r <= 0) return r;
  notifyPath(file.path, IN_MODIFY);
  const sync = (file.flags | durable) & (O_DSYNC | __O_SYNC);
  if (sync !== 0) {
    const err = file.sync((sync & __O_SYNC) === 0);
    if (err < 0) return err;
  }
  return r;
}

/** file_remove_privs: a write takes away set-user-id, and set-group-id of a group-executable file. */
function dropSetId(task: Task, file: OpenFile, mode: number): void {
  if ((mode & S_IFMT) !== S_IFREG || capable(task.cred, CAP_FSETID)) return;
  let bits = mode & S_ISUID;
  if ((mode & S_ISGID) !== 0 && (mode & S_IXGRP) !== 0) bits |= S_ISGID;
  if (bits !== 0) file.inode.setattr({ mode: mode & ~bits & 0o7777 });
}

/** Writes to a file without position (pipe, socket, terminal, eventfd); a broken pipe raises SIGPIPE, now or when the wait ends. */
export function writeStream(task: Task, file: OpenFile, source: Source): SyscallResult {
  return withSigpipe(task, file, file.write(task, source, 0));
}

/** A write whose end may be -EPIPE, now or later, with the signal that comes with it. */
export function withSigpipe(task: Task, file: OpenFile, r: SyscallResult): SyscallResult {
  if (typeof r !== 'number') return file.raisesSigpipe ? new StreamWrite(task, file, r) : r;
  if (r === -EPIPE) raiseSigpipe(task, file);
  return r;
}

/** Writes at the description's position (or its end, O_APPEND) from whatever `source` holds, and moves it. */
export function writeFile(task: Task, file: OpenFile, source: Source): SyscallResult {
  if (!file.seekable) return writeStream(task, file, source);
  const pos = writePosition(file, file.pos);
  const r = writeSeekable(task, file, source, pos);
  if (typeof r === 'number' && r > 0) file.pos = pos + r;
  return r;
}

/** SIGPIPE, unless `file` is of a kind that raises none. */
export function raiseSigpipe(task: Task, file?: OpenFile): void {
  if (file?.raisesSigpipe !== false) raise(task, SIGPIPE);
}

/** A waiting write that raises SIGPIPE when the readers go away meanwhile. */
class StreamWrite implements Block {
  readonly on: readonly WaitQueue[];
  readonly deadline: number | undefined;
  readonly interrupted: number | (() => number) | undefined;
  readonly sigmask: bigint | undefined;
  readonly timeout: (() => number) | undefined;
  private broken = false;

  constructor(
    private readonly task: Task,
    private readonly file: OpenFile,
    private readonly inner: Block,
  ) {
    this.on = inner.on;
    this.deadline = inner.deadline;
    this.sigmask = inner.sigmask;
    const { interrupted } = inner;
    this.interrupted = typeof interrupted === 'function' ? () => interrupted.call(inner) : interrupted;
    this.timeout = inner.timeout === undefined ? undefined : () => inner.timeout?.() ?? 0;
  }

  retry(): number | typeof WOULD_BLOCK {
    const r = this.inner.retry();
    this.broken = r === -EPIPE;
    return r;
  }

  /** The signal follows the end of the wait: sent earlier it would interrupt the very call whose result it comes with. */
  done(): void {
    this.inner.done?.();
    if (this.broken) raiseSigpipe(this.task, this.file);
  }
}
