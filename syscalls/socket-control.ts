/** Ancillary data: SCM_RIGHTS and SCM_CREDENTIALS in and out of guest memory (cmsg(3), net/core/scm.c). */

import { EBADF, EFAULT, EINVAL, ENOBUFS, EPERM, ESRCH } from '../src/abi/errno.js';
import { CAP_SETGID, CAP_SETUID, CAP_SYS_ADMIN, RLIMIT_NOFILE } from '../src/abi/sched.js';
import {
  MSG_CTRUNC,
  SCM_CREDENTIALS,
  SCM_INQ,
  SCM_PIDFD,
  SCM_RIGHTS,
  SOL_SOCKET,
} from '../src/abi/socket.js';
import { CMSGHDR_SIZE, cmsgAlign, SCM_MAX_FD, UCRED_SIZE } from '../src/abi/structs-ipc.js';
import { capable } from '../src/kernel/cred.js';
import { findTask } from '../src/kernel/ids.js';
import { PidFile } from '../src/kernel/pidfd.js';
import type { Task, ThreadGroup } from '../src/kernel/task.js';
import { type ControlItem, putUcred, type ReceivedMessage, type Ucred } from '../src/net/socket.js';
import { putFile } from '../src/vfs/fdtable.js';
import type { OpenFile } from '../src/vfs/file.js';
import { installFd } from './anon-fd.js';

/** (uid_t)-1 */
const INVALID_ID = 0xffffffff;
/** net.core.optmem_max: more ancillary data than this is refused. */
const OPTMEM_MAX = 131072;

export interface ControlIn {
  files: OpenFile[];
  cred: Ucred | undefined;
  /** Data of other levels, for the protocol to judge. */
  items: ControlItem[] | undefined;
}

/**
 * A process may speak for itself only, unless it is privileged (scm_check_creds).
 * @returns the credentials with the process they are of, -EINVAL for ids that cannot be, -EPERM, -ESRCH
 */
function checkCred(task: Task, cred: Ucred): Ucred | number {
  const { cred: own } = task;
  if (cred.uid === INVALID_ID || cred.gid === INVALID_ID) return -EINVAL;
  const pid = cred.pid === task.pid || capable(own, CAP_SYS_ADMIN);
  const uid = [own.uid, own.euid, own.suid].includes(cred.uid) || capable(own, CAP_SETUID);
  const gid = [own.gid, own.egid, own.sgid].includes(cred.gid) || capable(own, CAP_SETGID);
  if (!pid || !uid || !gid) return -EPERM;
  const process = cred.pid === task.pid ? task.group : findTask(task.pids, cred.pid)?.group;
  return process === undefined ? -ESRCH : { ...cred, process };
}

/** Reads the control data of sendmsg(2). @returns -EINVAL, -EBADF, -EPERM, -ESRCH, -ENOBUFS, -EFAULT */
export function readControl(task: Task, addr: number, len: number): ControlIn | number {
  const out: ControlIn = { files: [], cred: undefined, items: undefined };
  if (len === 0) return out;
  if (len < 0 || len > OPTMEM_MAX) return -ENOBUFS;
  const bytes = new Uint8Array(len);
  if (task.mem.read(addr, bytes, 0, len) !== len) return -EFAULT;
  const dv = new DataView(bytes.buffer);
  for (let off = 0; off + CMSGHDR_SIZE <= len; ) {
    const size = Number(dv.getBigUint64(off, true));
    if (size < CMSGHDR_SIZE || size > len - off) return -EINVAL;
    const level = dv.getInt32(off + 8, true);
    if (level === SOL_SOCKET) {
      const r = readOne(task, dv, off, size, out);
      if (r < 0) return r;
    } else {
      const data = bytes.subarray(off + CMSGHDR_SIZE, off + size);
      (out.items ??= []).push({ level, type: dv.getInt32(off + 12, true), data });
    }
    off += cmsgAlign(size);
  }
  return out;
}

function readOne(task: Task, dv: DataView, off: number, size: number, out: ControlIn): number {
  const type = dv.getInt32(off + 12, true);
  const data = off + CMSGHDR_SIZE;
  if (type === SCM_CREDENTIALS) {
    if (size !== CMSGHDR_SIZE + UCRED_SIZE) return -EINVAL;
    const cred = {
      pid: dv.getInt32(data, true),
      uid: dv.getUint32(data + 4, true),
      gid: dv.getUint32(data + 8, true),
    };
    const checked = checkCred(task, cred);
    if (typeof checked === 'number') return checked;
    out.cred = checked;
    return 0;
  }
  if (type !== SCM_RIGHTS) return -EINVAL;
  const count = Math.floor((size - CMSGHDR_SIZE) / 4);
  if (out.files.length + count > SCM_MAX_FD) return -EINVAL;
  for (let i = 0; i < count; i++) {
    // Places (O_PATH) travel too.
    const file = task.files.get(dv.getInt32(data + 4 * i, true));
    if (file === undefined) return -EBADF;
    file.lane?.close();
    out.files.push(file);
  }
  return 0;
}

/** Drops descriptions that came in and have no place to go. */
export function dropFiles(out: ReceivedMessage): void {
  for (const f of out.files ?? []) putFile(f);
  out.files = undefined;
}

/** Appends headers to the control buffer of recvmsg(2). A buffer that cannot be written takes nothing: nobody is told. */
class ControlWriter {
  used = 0;
  truncated = false;
  constructor(
    private readonly task: Task,
    private readonly addr: number,
    private readonly room: number,
  ) {}

  get left(): number {
    return this.addr === 0 ? 0 : this.room - this.used;
  }

  /** @returns false when nothing of it was stored */
  append(type: number, data: Uint8Array, level = SOL_SOCKET): boolean {
    if (this.left < CMSGHDR_SIZE) {
      this.truncated = true;
      return false;
    }
    const n = Math.min(data.length, this.left - CMSGHDR_SIZE);
    if (n < data.length) this.truncated = true;
    const dv = this.task.mem.stage(CMSGHDR_SIZE + n);
    dv.setBigUint64(0, BigInt(CMSGHDR_SIZE + n), true);
    dv.setInt32(8, level, true);
    dv.setInt32(12, type, true);
    for (let i = 0; i < n; i++) dv.setUint8(CMSGHDR_SIZE + i, data[i] ?? 0);
    if (this.task.mem.post(this.addr + this.used, CMSGHDR_SIZE + n) < 0) return false;
    this.used += Math.min(cmsgAlign(CMSGHDR_SIZE + n), this.left);
    return true;
  }
}

/**
 * Stores what came with a message at `addr` (`room` bytes), giving descriptions their numbers.
 * @returns bytes used and MSG_CTRUNC
 */
export function storeControl(
  task: Task,
  out: ReceivedMessage,
  addr: number,
  room: number,
  cloexec: boolean,
): { used: number; flags: number } {
  const writer = new ControlWriter(task, addr, room);
  for (const { level, type, data } of out.control ?? []) writer.append(type, data, level);
  if (out.cred !== undefined) {
    const data = new Uint8Array(UCRED_SIZE);
    putUcred(task, out.cred, new DataView(data.buffer));
    writer.append(SCM_CREDENTIALS, data);
  }
  if (out.files !== undefined) storeRights(task, out.files, writer, cloexec);
  dropFiles(out);
  if (out.process !== undefined) storeProcess(task, out.process, writer);
  if (out.left !== undefined) writer.append(SCM_INQ, new Uint8Array(Int32Array.of(out.left).buffer));
  return { used: writer.used, flags: writer.truncated ? MSG_CTRUNC : 0 };
}

/** SCM_RIGHTS: as many as there is room for in the buffer and among the descriptors. */
function storeRights(task: Task, files: readonly OpenFile[], writer: ControlWriter, cloexec: boolean): void {
  // A count, and an int on Linux: of a buffer as long as nothing can be it may be negative.
  const places = Math.floor((writer.left - CMSGHDR_SIZE) / 4) | 0;
  const fit = Math.min(files.length, Math.max(0, places));
  const fds: number[] = [];
  for (const file of files.slice(0, fit)) {
    const fd = task.files.install(file, cloexec, task.group.limit(RLIMIT_NOFILE));
    if (fd < 0) break;
    fds.push(fd);
  }
  if (fds.length < files.length) writer.truncated = true;
  if (fds.length === 0) return;
  if (!writer.append(SCM_RIGHTS, new Uint8Array(Int32Array.from(fds).buffer))) {
    writer.truncated = true;
    for (const fd of fds) task.files.close(fd);
  }
}

/** SCM_PIDFD: a new descriptor of the sender's process. A buffer that has no room for one is too short even if there is none. */
function storeProcess(task: Task, process: ThreadGroup | null, writer: ControlWriter): void {
  if (writer.left < CMSGHDR_SIZE + 4) {
    writer.truncated = true;
    return;
  }
  if (process === null) return;
  const fd = installFd(task, new PidFile(task.kernel, 0).bind(process), true);
  if (!writer.append(SCM_PIDFD, new Uint8Array(Int32Array.of(fd).buffer)) && fd >= 0) task.files.close(fd);
}
