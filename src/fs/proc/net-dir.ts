/** The directories of /proc/net: of every process the same, for there is one network. */

import { EACCES, ENOENT } from '../../abi/errno.js';
import { O_ACCMODE, O_RDONLY } from '../../abi/fcntl.js';
import { S_IFDIR, S_IFREG } from '../../abi/stat.js';
import type { DirEntry, Inode } from '../../vfs/inode.js';
import { inoOf, PseudoDir, TextInode } from '../pseudo.js';
import { netNames, netText } from './net.js';
import type { ProcFs } from './proc.js';

export class NetDir extends PseudoDir {
  /** @param prefix the path below /proc/net, '' or with a slash at its end */
  constructor(
    private readonly proc: ProcFs,
    key: string,
    private readonly prefix = '',
  ) {
    super(proc, key, 0o555, proc.time);
  }

  override lookup(name: string): Inode | number {
    const isDir = netNames(this.prefix).get(name);
    if (isDir === undefined) return -ENOENT;
    const key = `${this.key}/${name}`;
    const path = this.prefix + name;
    if (isDir) return new NetDir(this.proc, key, `${path}/`);
    const { kernel, time } = this.proc;
    return new TextInode(
      this.proc,
      key,
      0o444,
      time,
      {
        read: () => netText(kernel, path),
        // Not even root opens for writing what nobody takes (seq_open_net).
        open: (_task, flags) => ((flags & O_ACCMODE) === O_RDONLY ? 0 : -EACCES),
      },
      undefined,
      0,
      true,
    );
  }

  override readdir(): DirEntry[] {
    return [...netNames(this.prefix)].map(([name, isDir]) => ({
      name,
      ino: inoOf(`${this.key}/${name}`),
      type: (isDir ? S_IFDIR : S_IFREG) >> 12,
    }));
  }
}
