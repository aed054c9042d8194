/** Directory notification: fcntl(2) F_NOTIFY (fs/notify/dnotify). One signal an event, inotify(7)'s predecessor. */

import { EINVAL, ENOTDIR } from '../abi/errno.js';
import {
  DN_ACCESS,
  DN_ATTRIB,
  DN_CREATE,
  DN_DELETE,
  DN_MODIFY,
  DN_MULTISHOT,
  DN_RENAME,
  F_OWNER_PID,
} from '../abi/fcntl.js';
import {
  IN_ACCESS,
  IN_ATTRIB,
  IN_CREATE,
  IN_DELETE,
  IN_MODIFY,
  IN_MOVED_FROM,
  IN_MOVED_TO,
} from '../abi/poll.js';
import { POLL_MSG } from '../abi/signal.js';
import { S_IFDIR, S_IFMT } from '../abi/stat.js';
import { signalOwner } from '../kernel/sigio.js';
import type { Task } from '../kernel/task.js';
import type { OpenFile, ReleaseWatcher } from '../vfs/file.js';
import { addMark, type Mark, removeMark } from '../vfs/notify.js';

const ALL = DN_ACCESS | DN_MODIFY | DN_CREATE | DN_DELETE | DN_RENAME | DN_ATTRIB | DN_MULTISHOT;
const EVENTS: readonly (readonly [event: number, mask: number])[] = [
  [IN_ACCESS, DN_ACCESS],
  [IN_MODIFY, DN_MODIFY],
  [IN_ATTRIB, DN_ATTRIB],
  [IN_CREATE | IN_MOVED_TO, DN_CREATE],
  [IN_DELETE | IN_MOVED_FROM, DN_DELETE],
];

class Watch implements Mark, ReleaseWatcher {
  /** The rename whose first half was seen here. */
  private leaving = 0;
  constructor(
    private readonly file: OpenFile,
    private readonly fd: number,
    public mask: number,
  ) {}

  event(mask: number, _name: string, cookie: number): void {
    let seen = 0;
    for (const [event, bit] of EVENTS) if ((mask & event) !== 0) seen |= bit;
    // Both halves in one directory: a rename inside of it.
    if ((mask & IN_MOVED_FROM) !== 0) this.leaving = cookie;
    else if ((mask & IN_MOVED_TO) !== 0 && cookie === this.leaving) seen |= DN_RENAME;
    if ((seen & this.mask) === 0) return;
    signalOwner(this.file, POLL_MSG, this.fd);
    if ((this.mask & DN_MULTISHOT) === 0) this.end();
  }
  fileReleased(): void {
    this.end();
  }
  end(): void {
    watches.delete(this.file);
    removeMark(this.file.inode, this);
    this.file.watchers?.delete(this);
  }
}
const watches = new WeakMap<OpenFile, Watch>();

/** F_NOTIFY. @param mask DN_*, added to what is watched already; 0 ends it @returns 0, -EINVAL or -ENOTDIR */
export function setNotify(task: Task, file: OpenFile, fd: number, mask: number): number {
  const known = watches.get(file);
  if ((mask & ~DN_MULTISHOT) === 0) {
    known?.end();
    return 0;
  }
  if ((mask & ~ALL) !== 0) return -EINVAL;
  if ((file.inode.mode & S_IFMT) !== S_IFDIR) return -ENOTDIR;
  if (file.owner === 0) {
    file.owner = task.pid;
    file.ownerPids = task.pids;
    file.ownerKind = F_OWNER_PID;
  }
  if (known !== undefined) {
    known.mask |= mask;
    return 0;
  }
  const watch = new Watch(file, fd, mask);
  watches.set(file, watch);
  addMark(file.inode, watch);
  (file.watchers ??= new Set()).add(watch);
  return 0;
}
