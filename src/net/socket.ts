/** What the socket calls ask of a socket, of whatever family (struct proto_ops). */

import { EAGAIN, EINTR, ENODATA, ENOTSUP, EOPNOTSUPP, ERESTARTSYS } from '../abi/errno.js';
import { O_NONBLOCK, O_RDWR } from '../abi/fcntl.js';
import { MSG_DONTWAIT, SOCK_STREAM } from '../abi/socket.js';
import { S_IFSOCK } from '../abi/stat.js';
import { anonPath } from '../fs/anon.js';
import type { Cred } from '../kernel/cred.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Task, ThreadGroup } from '../kernel/task.js';
import { type IdMap, OVERFLOW_ID } from '../kernel/user-namespace.js';
import type { Sink, Source } from '../kernel/useriov.js';
import type { Block, SyscallResult } from '../kernel/wait.js';
import { OpenFile } from '../vfs/file.js';
import type { SocketOptions } from './options.js';

/** struct ucred. */
export interface Ucred {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  /** The process itself, for SO_PEERPIDFD and SCM_PIDFD. */
  readonly process?: ThreadGroup | undefined;
}

/** struct ucred of credentials as `task` knows them: pid 0 for a process of another pid namespace, ids of its own user namespace. */
export function putUcred(task: Task, cred: Ucred, dv: DataView): void {
  const { process } = cred;
  dv.setInt32(0, process === undefined || process.pids === task.pids ? cred.pid : 0, true);
  const [theirs, ours] = [process?.container.users, task.container.users];
  const same = theirs === undefined || theirs === ours;
  dv.setUint32(4, same ? cred.uid : translated(cred.uid, theirs.uids, ours.uids), true);
  dv.setUint32(8, same ? cred.gid : translated(cred.gid, theirs.gids, ours.gids), true);
}

function translated(id: number, theirs: IdMap, ours: IdMap): number {
  const host = theirs.out(id);
  const own = host < 0 ? -1 : ours.in(host);
  return own < 0 ? OVERFLOW_ID : own;
}

/** One piece of ancillary data (struct cmsghdr). */
export interface ControlItem {
  readonly level: number;
  readonly type: number;
  readonly data: Uint8Array;
}

/** What goes out beside the bytes. */
export interface SendMessage {
  readonly flags: number;
  /** Raw destination address, if one was given. */
  readonly to?: Uint8Array | undefined;
  /** SCM_RIGHTS. */
  readonly files?: readonly OpenFile[] | undefined;
  /** SCM_CREDENTIALS, already checked. */
  readonly cred?: Ucred | undefined;
  /** Ancillary data of other levels than SOL_SOCKET. */
  readonly control?: readonly ControlItem[] | undefined;
}

/** What came in beside the bytes; filled by `recv` before it returns a count. */
export interface ReceivedMessage {
  /** MSG_TRUNC. */
  flags: number;
  /** Raw sender address; undefined: leave the name alone. */
  from: Uint8Array | undefined;
  cred: Ucred | undefined;
  /** SCM_PIDFD: the sender's process; null if it was asked for and there is none. */
  process: ThreadGroup | null | undefined;
  /** Descriptions, each with one reference that is now the receiver's; a peek takes references of its own. */
  files: readonly OpenFile[] | undefined;
  /** Ancillary data of other levels than SOL_SOCKET. */
  control: ControlItem[] | undefined;
  /** SCM_INQ: bytes left behind this read. */
  left: number | undefined;
}

export abstract class Socket extends OpenFile {
  abstract readonly options: SocketOptions;

  constructor(
    readonly kernel: Kernel,
    /** AF_* and SOCK_* */
    readonly family: number,
    readonly type: number,
    readonly protocol: number,
    flags: number,
    cred?: Cred,
  ) {
    super(anonPath(kernel, 'socket', S_IFSOCK | 0o777, cred), O_RDWR | (flags & O_NONBLOCK));
  }

  override get seekable(): boolean {
    return false;
  }
  override get pollable(): boolean {
    return true;
  }

  /** Packets fail quietly. */
  override get raisesSigpipe(): boolean {
    return this.type === SOCK_STREAM;
  }

  /** True if a call with these MSG_* flags must not wait. */
  dontWait(flags: number): boolean {
    return this.nonblock || (flags & MSG_DONTWAIT) !== 0;
  }

  abstract bind(task: Task, address: Uint8Array): number;
  abstract listen(task: Task, backlog: number): number;
  abstract connect(task: Task, address: Uint8Array): SyscallResult;
  /**
   * Takes a connection off the queue.
   * @param finish gives the new socket its descriptor; its result is the call's
   */
  abstract accept(task: Task, flags: number, finish: (socket: Socket) => number): SyscallResult;
  /** What is said before anything of a message is looked at. @returns 0 or -errno */
  unsendable(): number {
    return 0;
  }
  abstract send(task: Task, source: Source, message: SendMessage): SyscallResult;
  /** @param finish called with the count once `out` is filled; its result is the call's */
  abstract recv(
    task: Task,
    sink: Sink,
    flags: number,
    out: ReceivedMessage,
    finish: (n: number) => number,
  ): SyscallResult;
  abstract shutdown(how: number): number;
  /** Own address, and the peer's (-ENOTCONN). */
  abstract localAddress(): Uint8Array;
  abstract peerAddress(): Uint8Array | number;
  /** SO_PEERCRED. */
  peerCred(): Ucred {
    return { pid: 0, uid: 0xffffffff, gid: 0xffffffff };
  }
  /** SO_PEERGROUPS: supplementary groups of the peer. @returns -ENODATA if there is none */
  peerGroups(): readonly number[] | number {
    return -ENODATA;
  }
  /** SO_PEERPIDFD: the peer's process. @returns -ENODATA if there is none, -EOPNOTSUPP */
  peerProcess(): ThreadGroup | number {
    return -ENODATA;
  }
  /** SO_PEEK_OFF. @returns 0 or -EOPNOTSUPP */
  setPeekOffset(_offset: number): number {
    return -EOPNOTSUPP;
  }
  peekOffset(): number {
    return -EOPNOTSUPP;
  }
  /** SO_ERROR: the pending error, which is cleared. */
  takeError(): number {
    return 0;
  }
  /** The next operation on the socket fails with `errno` (positive). */
  setPendingError(_errno: number): void {}
  get listening(): boolean {
    return false;
  }
  /** The peer as accept(2) names it, who may be gone already. */
  acceptedAddress(): Uint8Array | number {
    return this.peerAddress();
  }
  /** SOL_SOCKET options that are not the same for every socket. @returns undefined: as every socket does */
  setSocketOption(_task: Task, _name: number, _value: Uint8Array): number | undefined {
    return undefined;
  }
  getSocketOption(_name: number, _room: number): Uint8Array | number | undefined {
    return undefined;
  }
  /** MSG_ERRQUEUE: does the socket keep errors with the packets that they are about? */
  get hasErrorQueue(): boolean {
    return false;
  }
  /** setsockopt(2) of a level that is the protocol's. @param value as much as the caller gave, at most 256 bytes */
  setOption(_task: Task, _level: number, _name: number, _value: Uint8Array): number {
    return -EOPNOTSUPP;
  }
  /** getsockopt(2) of such a level. @param room what the caller has room for @returns all bytes of the value, or -errno */
  getOption(_level: number, _name: number, _room: number): Uint8Array | number {
    return -EOPNOTSUPP;
  }
  /**
   * What a wait with SO_RCVTIMEO or SO_SNDTIMEO (`ms`, 0 for none) has: with a timeout it is not restarted (sock_intr_errno).
   * @param partial bytes moved so far, which are the result if there are any
   */
  timed(
    ms: number,
    partial: () => number = () => 0,
  ): { deadline?: number; timeout: () => number; interrupted: () => number } {
    return {
      ...(ms > 0 ? { deadline: this.kernel.now() + ms } : {}),
      timeout: () => partial() || -EAGAIN,
      interrupted: () => partial() || (ms > 0 ? -EINTR : -ERESTARTSYS),
    };
  }
  /** What close(2) of the last descriptor waits for once the socket is released (SO_LINGER). */
  lingering(): Block | undefined {
    return undefined;
  }
  /** Another socket of the same kind, connected to this one (socketpair). */
  pairWith(_task: Task, _other: Socket): number {
    return -ENOTSUP;
  }
}

export function emptyMessage(): ReceivedMessage {
  return {
    flags: 0,
    from: undefined,
    cred: undefined,
    process: undefined,
    files: undefined,
    control: undefined,
    left: undefined,
  };
}
