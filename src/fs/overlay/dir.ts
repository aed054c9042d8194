/** A directory that merges what the host has with what was made, moved and removed here. */

import { ENOENT } from '../../abi/errno.js';
import type { Task } from '../../kernel/task.js';
import type { Attr, DirEntry } from '../../vfs/inode.js';
import { entryOf, TmpDir } from '../tmpfs/dir.js';
import type { TmpInode } from '../tmpfs/inode.js';
import { lowerXattrs } from './lower.js';
import type { OverlayFs } from './overlay.js';

export class OverlayDir extends TmpDir {
  /** Names of the host that were removed, renamed or replaced here. */
  private readonly hidden = new Set<string>();

  constructor(
    private readonly overlay: OverlayFs,
    attr: Attr,
    override lower: string,
  ) {
    super(overlay, attr);
  }

  /** The lower path of a child. */
  private home(name: string): string {
    return this.lower === '' ? name : `${this.lower}/${name}`;
  }

  protected override find(name: string): TmpInode | undefined | number {
    const known = this.entries.get(name);
    if (known !== undefined) return known;
    if (this.hidden.has(name)) return undefined;
    const inode = this.overlay.lowerObject(this.lower, name, this.home(name));
    if (typeof inode === 'number') return inode === -ENOENT ? undefined : inode;
    this.entries.set(name, inode);
    return inode;
  }

  protected override put(name: string, inode: TmpInode): void {
    super.put(name, inode);
    // What comes back to its own place needs no hiding any more; anything else must not be mistaken for the host's.
    if (inode.lower === this.home(name)) this.hidden.delete(name);
  }

  protected override erase(name: string): void {
    const inode = this.entries.get(name);
    super.erase(name);
    // Hard links share one inode that knows only one of its lower names.
    if (inode?.lower !== undefined && (inode.lower === this.home(name) || this.overlay.isShared(inode))) {
      this.hidden.add(name);
    }
  }

  protected override isEmpty(): boolean {
    if (this.entries.size > 0) return false;
    const list = this.readdir(undefined);
    return typeof list !== 'number' && list.length === 0;
  }

  /** In the host's order; names that the host does not have come after, in the order of their making. */
  override readdir(_task: Task | undefined): DirEntry[] | number {
    const { host } = this.overlay;
    const list = host.native.readdirAt(host.rootFd, this.lower);
    if (typeof list === 'number') return list;
    if (this.entries.size === 0 && this.hidden.size === 0) return list;
    const out: DirEntry[] = [];
    const shown = new Set<string>();
    for (const entry of list) {
      const inode = this.entries.get(entry.name);
      if (inode !== undefined) {
        shown.add(entry.name);
        out.push(entryOf(entry.name, inode));
      } else if (!this.hidden.has(entry.name)) out.push(entry);
    }
    if (shown.size < this.entries.size) {
      for (const [name, inode] of this.entries) if (!shown.has(name)) out.push(entryOf(name, inode));
    }
    return out;
  }

  /** The VFS forgot a name: what is still as the host has it can be read again. */
  override forget(name: string): void {
    const inode = this.entries.get(name);
    if (inode === undefined || inode.dirty || inode.holds > 0 || inode instanceof TmpDir) return;
    if (inode.lower !== this.home(name) || this.overlay.isShared(inode)) return;
    this.entries.delete(name);
    this.overlay.forgotten(inode);
  }

  protected override attributes(): Map<string, Uint8Array> {
    this.xattrs ??= lowerXattrs(this.overlay.host, this.lower);
    return this.xattrs;
  }
}
