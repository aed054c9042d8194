/** Symbolic links, device nodes, FIFOs and socket names in memory. */

import { ENXIO } from '../../abi/errno.js';
import { S_IFCHR, S_IFMT } from '../../abi/stat.js';
import type { Task } from '../../kernel/task.js';
import { openCharDevice } from '../../vfs/chardev.js';
import type { Path } from '../../vfs/dentry.js';
import type { OpenFile } from '../../vfs/file.js';
import type { Attr } from '../../vfs/inode.js';
import { TmpInode } from './inode.js';
import type { TmpFs } from './tmpfs.js';

export class TmpSymlink extends TmpInode {
  constructor(
    fs: TmpFs,
    attr: Attr,
    private readonly target: string,
  ) {
    super(fs, attr);
  }
  override readlink(): string | number {
    return this.target;
  }
}

/** FIFOs are opened by the VFS, sockets not at all; character devices by their number. */
export class TmpSpecial extends TmpInode {
  override open(task: Task, path: Path, flags: number): OpenFile | number {
    if ((this.attr.mode & S_IFMT) !== S_IFCHR) return -ENXIO;
    return openCharDevice(task, path, flags, this.attr.rdev);
  }
}
