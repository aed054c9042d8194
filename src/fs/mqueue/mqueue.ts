/** mqueue: the file system whose files are POSIX message queues (mq_overview(7)). There is one; /dev/mqueue shows it. */

import { EACCES, EINVAL, EMFILE, ENAMETOOLONG, ENOENT, ENOSPC, EOVERFLOW, EPERM } from '../../abi/errno.js';
import {
  HARD_MSGMAX,
  HARD_MSGSIZEMAX,
  MQ_FILENT_SIZE,
  MQ_MESSAGE_OVERHEAD,
  MQ_PRIO_MAX,
  MQ_PRIORITY_OVERHEAD,
} from '../../abi/ipc.js';
import { NAME_MAX } from '../../abi/limits.js';
import { CAP_SYS_RESOURCE } from '../../abi/sched.js';
import { S_IFDIR, S_IFMT, S_IFREG } from '../../abi/stat.js';
import { type Cred, capable } from '../../kernel/cred.js';
import type { IpcNamespace } from '../../kernel/ipc/namespace.js';
import type { Task } from '../../kernel/task.js';
import type { Sink } from '../../kernel/useriov.js';
import { Dentry, Mount, type Path } from '../../vfs/dentry.js';
import type { FdTable } from '../../vfs/fdtable.js';
import { OpenFile } from '../../vfs/file.js';
import {
  type Attr,
  type DirEntry,
  type FileSystem,
  Inode,
  type SetAttr,
  type StatFs,
} from '../../vfs/inode.js';
import { DirFile } from '../pseudo.js';
import { MqQueue } from './queue.js';

const MQUEUE_MAGIC = 0x19800202;
/** Bytes of the sentry's memory that a queue takes while it is empty. */
const OVERHEAD = 1024;

/** What an mq_open(3) asks for. */
export interface MqLimits {
  readonly maxMessages: number;
  readonly messageSize: number;
}

abstract class MqInode extends Inode {
  protected readonly attr: Attr;
  constructor(
    readonly fs: MqueueFs,
    mode: number,
    cred: { fsuid: number; fsgid: number },
    size: number,
  ) {
    super();
    const now = fs.ipc.kernel.realtime();
    this.attr = {
      ino: fs.newIno(),
      mode,
      nlink: (mode & S_IFMT) === S_IFDIR ? 2 : 1,
      uid: cred.fsuid,
      gid: cred.fsgid,
      rdev: 0,
      size,
      blksize: 4096,
      blocks: 0,
      atime: now,
      mtime: now,
      ctime: now,
      btime: now,
    };
  }
  get ino(): number {
    return this.attr.ino;
  }
  getattr(): Attr {
    return this.attr;
  }
  override setattr(change: SetAttr): number {
    const { attr } = this;
    if (change.mode !== undefined) attr.mode = (attr.mode & S_IFMT) | (change.mode & 0o7777);
    if (change.uid !== undefined) attr.uid = change.uid;
    if (change.gid !== undefined) attr.gid = change.gid;
    if (change.atime !== undefined) attr.atime = change.atime;
    if (change.mtime !== undefined) attr.mtime = change.mtime;
    attr.ctime = this.fs.ipc.kernel.realtime();
    return 0;
  }
  touch(): void {
    const now = this.fs.ipc.kernel.realtime();
    this.attr.atime = now;
    this.attr.mtime = now;
    this.attr.ctime = now;
  }
}

export class MqQueueInode extends MqInode {
  constructor(
    fs: MqueueFs,
    mode: number,
    cred: Cred,
    readonly queue: MqQueue,
    /** What it counts against RLIMIT_MSGQUEUE, and whose. */
    readonly charged: number,
    readonly owner: number,
  ) {
    super(fs, S_IFREG | (mode & 0o7777), cred, MQ_FILENT_SIZE);
  }
  override open(_task: Task, path: Path, flags: number): OpenFile {
    return new MqFile(this, path, flags);
  }
  override truncate(): number {
    return 0;
  }
  unlinked(): void {
    this.attr.nlink = 0;
    this.disposeIfUnused();
  }
  disposeIfUnused(): void {
    if (this.attr.nlink === 0 && this.queue.files.size === 0) this.fs.disposed(this);
  }
}

/** An open queue. */
export class MqFile extends OpenFile {
  constructor(
    readonly node: MqQueueInode,
    path: Path,
    flags: number,
  ) {
    super(path, flags);
    node.queue.files.add(this);
  }
  override get pollable(): boolean {
    return true;
  }
  override poll(): number {
    return this.node.queue.poll();
  }
  override read(task: Task, sink: Sink, pos: number): number {
    const bytes = Buffer.from(this.node.queue.text(task), 'latin1');
    const n = Math.min(sink.remaining, bytes.length - pos);
    return n <= 0 ? 0 : sink.put(bytes, pos, n);
  }
  /** A process that has asked to be told loses that with any descriptor of the queue that it closes. */
  override flush(table: FdTable): void {
    const owner = this.node.queue.notified?.owner;
    if (owner === undefined) return;
    const tasks = [...owner.tasks];
    if (tasks.length === 0 || tasks.some((t) => t.files === table)) this.node.queue.unregister();
  }
  override release(): void {
    this.node.queue.files.delete(this);
    this.node.disposeIfUnused();
  }
}

class MqRoot extends MqInode {
  private readonly entries = new Map<string, MqQueueInode>();

  get count(): number {
    return this.entries.size;
  }
  override lookup(name: string): MqQueueInode | number {
    if (name.length > NAME_MAX) return -ENAMETOOLONG;
    return this.entries.get(name) ?? -ENOENT;
  }
  override readdir(): DirEntry[] {
    return [...this.entries].map(([name, inode]) => ({ name, ino: inode.ino, type: S_IFREG >> 12 }));
  }
  override open(_task: Task, path: Path, flags: number): OpenFile {
    return new DirFile(path, flags);
  }
  /** open(2) with O_CREAT below /dev/mqueue: a queue of the usual size. */
  override create(name: string, mode: number, cred: Cred): MqQueueInode | number {
    return this.make(name, mode, cred, undefined, Number.POSITIVE_INFINITY);
  }
  make(
    name: string,
    mode: number,
    cred: Cred,
    asked: MqLimits | undefined,
    limit: number,
  ): MqQueueInode | number {
    const inode = this.fs.newQueue(mode, cred, asked, limit);
    if (typeof inode === 'number') return inode;
    this.entries.set(name, inode);
    this.touch();
    return inode;
  }
  override unlink(name: string): number {
    const inode = this.entries.get(name);
    if (inode === undefined) return -ENOENT;
    this.entries.delete(name);
    this.touch();
    inode.unlinked();
    return 0;
  }
  override mkdir(): number {
    return -EPERM;
  }
  override mknod(): number {
    return -EPERM;
  }
  override symlink(): number {
    return -EPERM;
  }
  override link(): number {
    return -EPERM;
  }
  override rename(): number {
    return -EPERM;
  }
}

export class MqueueFs implements FileSystem {
  readonly type = 'mqueue';
  readonly source = 'mqueue';
  readonly cacheNames = false;
  readonly root: MqRoot;
  /** The kernel's own mount, by which mq_open(2) finds its files. */
  readonly mount: Mount;
  private lastIno = 0;
  private queues = 0;
  /** Bytes that queues of each user count. */
  private readonly charged = new Map<number, number>();

  constructor(
    readonly ipc: IpcNamespace,
    readonly dev: number,
  ) {
    this.root = new MqRoot(this, S_IFDIR | 0o1777, { fsuid: 0, fsgid: 0 }, 0);
    this.mount = new Mount(0, this, new Dentry('', undefined, this.root), undefined, undefined, 0);
  }
  newIno(): number {
    return ++this.lastIno;
  }
  /** The place of a queue, for a description that mq_open(2) makes: /proc/pid/fd shows its name. */
  pathOf(name: string, inode: Inode): Path {
    return { mount: this.mount, dentry: new Dentry(`/${name}`, undefined, inode) };
  }

  /** mqueue_get_inode. @returns -ENOSPC, -EINVAL, -EOVERFLOW, -EMFILE */
  newQueue(mode: number, cred: Cred, asked: MqLimits | undefined, limit: number): MqQueueInode | number {
    const { ipc } = this;
    const { settings: s } = ipc;
    const privileged = capable(cred, CAP_SYS_RESOURCE);
    if (this.queues >= s.mqQueuesMax && !privileged) return -ENOSPC;
    const maxMessages = asked?.maxMessages ?? Math.min(s.mqMsgMax, s.mqMsgDefault);
    const messageSize = asked?.messageSize ?? Math.min(s.mqMsgsizeMax, s.mqMsgsizeDefault);
    if (maxMessages <= 0 || messageSize <= 0) return -EINVAL;
    if (maxMessages > (privileged ? HARD_MSGMAX : s.mqMsgMax)) return -EINVAL;
    if (messageSize > (privileged ? HARD_MSGSIZEMAX : s.mqMsgsizeMax)) return -EINVAL;
    const overhead =
      maxMessages * MQ_MESSAGE_OVERHEAD + Math.min(maxMessages, MQ_PRIO_MAX) * MQ_PRIORITY_OVERHEAD;
    const bytes = maxMessages * messageSize + overhead;
    if (bytes > Number.MAX_SAFE_INTEGER) return -EOVERFLOW;
    const used = this.charged.get(cred.uid) ?? 0;
    if (used + bytes > limit) return -EMFILE;
    if (!ipc.charge(OVERHEAD)) return -ENOSPC;
    this.charged.set(cred.uid, used + bytes);
    this.queues++;
    return new MqQueueInode(this, mode, cred, new MqQueue(ipc, maxMessages, messageSize), bytes, cred.uid);
  }

  /** Neither names nor descriptions of the queue are left. */
  disposed(inode: MqQueueInode): void {
    inode.queue.dispose();
    this.ipc.uncharge(OVERHEAD);
    this.queues--;
    const rest = (this.charged.get(inode.owner) ?? 0) - inode.charged;
    if (rest > 0) this.charged.set(inode.owner, rest);
    else this.charged.delete(inode.owner);
  }

  statfs(): StatFs {
    return {
      type: MQUEUE_MAGIC,
      bsize: 4096,
      blocks: 0,
      bfree: 0,
      bavail: 0,
      files: 0,
      ffree: 0,
      namelen: NAME_MAX,
    };
  }
}

const mqueues = new WeakMap<IpcNamespace, MqueueFs>();

/** The file system of queues of an IPC namespace. */
export function mqueueFs(ipc: IpcNamespace): MqueueFs {
  let fs = mqueues.get(ipc);
  if (fs === undefined) mqueues.set(ipc, (fs = new MqueueFs(ipc, 0x1b)));
  return fs;
}

/** A name as mq_open(2) takes it: one component, without the slash that the library cuts off. @returns 0 or -errno */
export function checkMqName(name: string): number {
  if (name === '') return -ENOENT;
  if (name === '.' || name === '..' || name.includes('/')) return -EACCES;
  return name.length > NAME_MAX ? -ENAMETOOLONG : 0;
}
