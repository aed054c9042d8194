/** /proc/<pid>/fd and fdinfo: a process's descriptors (proc_pid_fd(5)). */

import { ENOENT } from '../../abi/errno.js';
import { O_CLOEXEC } from '../../abi/fcntl.js';
import { S_IFLNK, S_IFREG } from '../../abi/stat.js';
import type { PidNamespace } from '../../kernel/pid-namespace.js';
import type { Task } from '../../kernel/task.js';
import type { FdTable } from '../../vfs/fdtable.js';
import type { OpenFile } from '../../vfs/file.js';
import type { DirEntry, Inode } from '../../vfs/inode.js';
import { pathName } from '../../vfs/namei.js';
import { inoOf, LinkInode, PseudoDir, TextInode } from '../pseudo.js';
import { mayInspect, ownerOf } from './pid.js';
import type { ProcFs } from './proc.js';
import { type Subject, speaker } from './status.js';

/** A file description that has more to tell in fdinfo than position and flags (eventfd, epoll, signalfd, timerfd, inotify). */
interface Informative {
  /** Complete lines. */
  /** @param pids numbers of processes are those of this namespace */
  fdinfo(pids: PidNamespace): string;
}
function hasInfo(file: OpenFile): file is OpenFile & Informative {
  return typeof (file as Partial<Informative>).fdinfo === 'function';
}

export class FdDir extends PseudoDir {
  constructor(
    private readonly proc: ProcFs,
    private readonly subject: Subject,
    key: string,
    private readonly info: boolean,
  ) {
    super(proc, key, info ? 0o555 : 0o500, proc.time, () => ownerOf(subject));
  }

  private get table(): FdTable | undefined {
    return this.subject.tg.zombie ? undefined : speaker(this.subject)?.files;
  }

  override lookup(name: string, task: Task | undefined): Inode | number {
    if (!/^(0|[1-9]\d{0,9})$/.test(name)) return -ENOENT;
    if (task !== undefined) {
      const err = mayInspect(task, this.subject);
      if (err < 0) return err;
    }
    const fd = Number(name);
    const file = this.table?.get(fd);
    if (file === undefined) return -ENOENT;
    const key = `${this.key}/${name}`;
    const { proc, subject } = this;
    const owner = () => ownerOf(subject);
    if (this.info)
      return new TextInode(proc, key, 0o400, proc.time, { read: () => this.infoText(fd) }, owner);
    const perm = 0o100 | (file.readable ? 0o400 : 0) | (file.writable ? 0o200 : 0);
    const shown = (reader: Task | undefined): string | number => {
      const now = this.table?.get(fd);
      return now === undefined || reader === undefined ? -ENOENT : pathName(reader, now.path);
    };
    return new LinkInode(
      proc,
      key,
      proc.time,
      shown,
      () => this.table?.get(fd)?.path ?? -ENOENT,
      owner,
      perm,
    );
  }

  private infoText(fd: number): string | number {
    const d = this.table?.descriptor(fd);
    if (d === undefined) return -ENOENT;
    const { file } = d;
    const flags = (file.flags | (d.cloexec ? O_CLOEXEC : 0)) >>> 0;
    const head = `pos:\t${file.pos}\nflags:\t0${flags.toString(8)}\nmnt_id:\t${file.path.mount.id}\nino:\t${file.inode.ino}\n`;
    return head + (hasInfo(file) ? file.fdinfo(this.proc.container.pids) : '');
  }

  override readdir(task: Task | undefined): DirEntry[] | number {
    if (task !== undefined) {
      const err = mayInspect(task, this.subject);
      if (err < 0) return err;
    }
    const fds = [...(this.table?.fds() ?? [])];
    const type = (this.info ? S_IFREG : S_IFLNK) >> 12;
    return fds.map((fd) => ({ name: String(fd), ino: inoOf(`${this.key}/${fd}`), type }));
  }
}
