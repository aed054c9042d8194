/** ioctl(2) on local sockets (unix_ioctl). */

import { EINVAL, ENOENT, EOPNOTSUPP, EPERM } from '../../abi/errno.js';
import { O_PATH } from '../../abi/fcntl.js';
import { FIONREAD, SIOCATMARK, SIOCUNIXFILE, TIOCOUTQ } from '../../abi/ioctl.js';
import { CAP_NET_ADMIN, RLIMIT_NOFILE } from '../../abi/sched.js';
import { SOCK_DGRAM, SOCK_STREAM } from '../../abi/socket.js';
import { capable } from '../../kernel/cred.js';
import type { Task } from '../../kernel/task.js';
import type { SyscallResult } from '../../kernel/wait.js';
import { PathFile } from '../../vfs/file.js';
import { interfaceIoctl } from '../inet/interfaces.js';
import type { UnixSocket } from './socket.js';
import { atMark } from './urgent.js';

/** SIOCUNIXFILE: a descriptor of the file that the socket is bound to, as open(2) with O_PATH gives it. */
function openName(task: Task, socket: UnixSocket): number {
  if (!capable(task.cred, CAP_NET_ADMIN)) return -EPERM;
  const { path } = socket.name;
  if (path === undefined) return -ENOENT;
  const file = new PathFile(path, O_PATH);
  const fd = task.files.install(file, true, task.group.limit(RLIMIT_NOFILE));
  if (fd < 0) file.release();
  return fd;
}

/** @returns 0, a descriptor, -EINVAL, -EOPNOTSUPP, -ENOTTY ... */
export function unixIoctl(task: Task, socket: UnixSocket, request: number, arg: number): SyscallResult {
  const { messages } = socket;
  switch (request) {
    case FIONREAD:
      if (socket.state === 'listening') return -EINVAL;
      return task.mem.putU32(arg, socket.type === SOCK_DGRAM ? (messages.at(0)?.left ?? 0) : messages.bytes);
    case TIOCOUTQ:
      return task.mem.putU32(arg, socket.sent);
    case SIOCATMARK:
      return socket.type === SOCK_STREAM ? task.mem.putU32(arg, atMark(socket)) : -EOPNOTSUPP;
    case SIOCUNIXFILE:
      return openName(task, socket);
    default:
      return interfaceIoctl(task, request, arg);
  }
}
