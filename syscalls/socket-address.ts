/** Sockets behind descriptors, and addresses in guest memory. */

import { EBADF, EFAULT, EINVAL, ENOTSOCK } from '../src/abi/errno.js';
import { SOCKADDR_STORAGE_SIZE } from '../src/abi/structs-ipc.js';
import type { Task } from '../src/kernel/task.js';
import { Socket } from '../src/net/socket.js';
import { fileOf } from './descriptors.js';

/** @returns the socket, -EBADF or -ENOTSOCK */
export function socketOf(task: Task, fd: number): Socket | number {
  const file = fileOf(task, fd);
  if (file === undefined) return -EBADF;
  return file instanceof Socket ? file : -ENOTSOCK;
}

/** A copy of an address given by a program. @returns -EINVAL for an impossible length, -EFAULT */
export function readAddress(task: Task, addr: number, len: number): Uint8Array | number {
  if (len < 0 || len > SOCKADDR_STORAGE_SIZE) return -EINVAL;
  const raw = new Uint8Array(len);
  if (len > 0 && task.mem.read(addr, raw, 0, len) !== len) return -EFAULT;
  return raw;
}

/** Stores an address, cut to the room that *lenAddr says, and its full length at lenAddr (move_addr_to_user). */
export function storeAddress(task: Task, raw: Uint8Array, addr: number, lenAddr: number): number {
  const room = task.mem.i32(lenAddr);
  if (Number.isNaN(room)) return -EFAULT;
  if (room < 0) return -EINVAL;
  const n = Math.min(room, raw.length);
  if (n > 0 && task.mem.write(addr, raw, 0, n) !== n) return -EFAULT;
  return task.mem.putU32(lenAddr, raw.length);
}
