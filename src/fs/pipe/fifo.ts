/** Opening named pipes: who waits for whom (fifo(7), fifo_open in fs/pipe.c). */

import { EINVAL, ENOMEM, ENXIO } from '../../abi/errno.js';
import { O_ACCMODE, O_DIRECT, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } from '../../abi/fcntl.js';
import type { Task } from '../../kernel/task.js';
import { type Block, WOULD_BLOCK } from '../../kernel/wait.js';
import { inodeOf, type Path } from '../../vfs/dentry.js';
import type { OpenFile } from '../../vfs/file.js';
import type { Inode } from '../../vfs/inode.js';
import { isAnonPath } from '../anon.js';
import { PipeShare } from './account.js';
import { Pipe, PipeFile, pipes } from './pipe.js';

/** An open that has to wait: the caller's `install` gives the file its descriptor and the call its result once it is open. */
export interface PendingOpen {
  block(install: (file: OpenFile) => number): Block;
}

/** The pipe behind `inode`, or a new one. undefined: the user's pipes hold too much. */
function pipeOf(task: Task, inode: Inode): Pipe | undefined {
  const old = pipes.get(inode.identity);
  // When the last end is closed what is left in the pipe is lost: the next opener gets a fresh one.
  if (old !== undefined && (old.readers > 0 || old.writers > 0)) return old;
  const share = PipeShare.make(task.kernel, task.cred);
  if (share === undefined) return undefined;
  const pipe = new Pipe(share);
  pipes.set(inode.identity, pipe);
  return pipe;
}

/**
 * Opens the FIFO at `path`. Reading waits for a writer and writing for a reader; with O_NONBLOCK reading goes on at once and
 * writing without a reader is -ENXIO; O_RDWR never waits.
 * @param flags O_* of open(2)
 */
export function openFifo(task: Task, path: Path, flags: number): OpenFile | number | PendingOpen {
  const access = flags & O_ACCMODE;
  // Packets are asked for by pipe2(2) and fcntl(2) only: no pipe can do direct I/O.
  if (access === O_ACCMODE || (flags & O_DIRECT) !== 0) return -EINVAL;
  const inode = inodeOf(path);
  // A nameless pipe reached through /proc/pid/fd never waits for a partner (fs/pipe.c, is_pipe).
  const nameless = isAnonPath(path);
  if (
    access === O_WRONLY &&
    (flags & O_NONBLOCK) !== 0 &&
    !nameless &&
    !(pipes.get(inode.identity)?.readers ?? 0)
  )
    return -ENXIO;
  const pipe = pipeOf(task, inode);
  if (pipe === undefined) return -ENOMEM;
  const alone = access === O_RDONLY ? pipe.writers === 0 : access === O_WRONLY ? pipe.readers === 0 : false;
  const seen = access === O_RDONLY ? pipe.writersEver : pipe.readersEver;
  const file = new PipeFile(pipe, path, flags);
  if (access !== O_RDWR && alone && !nameless) {
    if ((flags & O_NONBLOCK) === 0) return { block: (install) => waitForPartner(file, seen, install) };
    file.writersSeen = seen;
  }
  return file;
}

/** Ends when a partner has opened the other end, even if it closed it again meanwhile. */
function waitForPartner(file: PipeFile, seen: number, install: (file: OpenFile) => number): Block {
  const { pipe } = file;
  let installed = false;
  return {
    on: [pipe.queue],
    retry() {
      if ((file.readable ? pipe.writersEver : pipe.readersEver) === seen) return WOULD_BLOCK;
      const fd = install(file);
      installed = fd >= 0;
      return fd;
    },
    done() {
      if (!installed) file.release();
    },
  };
}
