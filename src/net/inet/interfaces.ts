/** The loopback device as netdevice(7) shows it: SIOCGIFCONF and its kin. There is no other interface. */

import { EFAULT, EINVAL, ENODEV, ENOTTY, EPERM } from '../../abi/errno.js';
import * as ioctls from '../../abi/ioctl.js';
import { AF_INET } from '../../abi/socket.js';
import type { Task } from '../../kernel/task.js';
import type { SyscallResult } from '../../kernel/wait.js';

export const LOOPBACK_INDEX = 1;
const NAME = 'lo';
const MTU = 65536;
/** IFF_UP, IFF_LOOPBACK, IFF_RUNNING. */
export const LOOPBACK_FLAGS = 0x49;
/** ARPHRD_LOOPBACK. */
const ARPHRD_LOOPBACK = 772;
const TX_QUEUE_LENGTH = 1000;

/** struct ifreq: a name of 16 bytes and a union of 24. */
const IFREQ_SIZE = 40;
const IFNAMSIZ = 16;

function putName(dv: DataView): void {
  for (let i = 0; i < NAME.length; i++) dv.setUint8(i, NAME.charCodeAt(i));
}
function putSockaddr(dv: DataView, off: number, ip: readonly number[]): void {
  dv.setUint16(off, AF_INET, true);
  for (const [i, byte] of ip.entries()) dv.setUint8(off + 4 + i, byte);
}

/** SIOCGIFCONF: struct ifconf, a length and the address of an array of struct ifreq. */
function listInterfaces(task: Task, arg: number): number {
  const room = task.mem.i32(arg);
  const buf = task.mem.u64(arg + 8);
  if (Number.isNaN(room) || Number.isNaN(buf)) return -EFAULT;
  if (buf === 0) return task.mem.putU32(arg, IFREQ_SIZE);
  if (room < IFREQ_SIZE) return task.mem.putU32(arg, 0);
  const dv = task.mem.stage(IFREQ_SIZE);
  putName(dv);
  putSockaddr(dv, IFNAMSIZ, [127, 0, 0, 1]);
  if (task.mem.post(buf, IFREQ_SIZE) < 0) return -EFAULT;
  return task.mem.putU32(arg, IFREQ_SIZE);
}

/** Fills the union of a struct ifreq. @returns 0, or undefined when the request is not about an interface's properties */
function describe(dv: DataView, request: number): number | undefined {
  switch (request) {
    case ioctls.SIOCGIFFLAGS:
      dv.setInt16(IFNAMSIZ, LOOPBACK_FLAGS, true);
      return 0;
    case ioctls.SIOCGIFADDR:
      putSockaddr(dv, IFNAMSIZ, [127, 0, 0, 1]);
      return 0;
    // Without a peer the destination is the address itself, and a loopback device has no broadcast address.
    case ioctls.SIOCGIFDSTADDR:
      putSockaddr(dv, IFNAMSIZ, [127, 0, 0, 1]);
      return 0;
    case ioctls.SIOCGIFBRDADDR:
      putSockaddr(dv, IFNAMSIZ, [0, 0, 0, 0]);
      return 0;
    case ioctls.SIOCGIFNETMASK:
      putSockaddr(dv, IFNAMSIZ, [255, 0, 0, 0]);
      return 0;
    case ioctls.SIOCGIFHWADDR:
      dv.setUint16(IFNAMSIZ, ARPHRD_LOOPBACK, true);
      return 0;
    case ioctls.SIOCGIFMTU:
      dv.setInt32(IFNAMSIZ, MTU, true);
      return 0;
    case ioctls.SIOCGIFMETRIC:
      dv.setInt32(IFNAMSIZ, 0, true);
      return 0;
    case ioctls.SIOCGIFINDEX:
      dv.setInt32(IFNAMSIZ, LOOPBACK_INDEX, true);
      return 0;
    case ioctls.SIOCGIFTXQLEN:
      dv.setInt32(IFNAMSIZ, TX_QUEUE_LENGTH, true);
      return 0;
    default:
      return undefined;
  }
}

const SETTERS = new Set([
  ioctls.SIOCSIFFLAGS,
  ioctls.SIOCSIFADDR,
  ioctls.SIOCSIFDSTADDR,
  ioctls.SIOCSIFBRDADDR,
  ioctls.SIOCSIFNETMASK,
  ioctls.SIOCSIFMTU,
  ioctls.SIOCSIFMETRIC,
  ioctls.SIOCSIFHWADDR,
  ioctls.SIOCSIFNAME,
  ioctls.SIOCSIFTXQLEN,
  ioctls.SIOCADDRT,
  ioctls.SIOCDELRT,
]);

/**
 * ioctl(2) of any socket about interfaces. Nothing can be changed: -EPERM.
 * @returns -ENODEV for another interface than lo, -ENOTTY for another request
 */
export function interfaceIoctl(task: Task, request: number, arg: number): SyscallResult {
  if (request === ioctls.SIOCGIFCONF) return listInterfaces(task, arg);
  if (SETTERS.has(request)) return -EPERM;
  if (describe(new DataView(new ArrayBuffer(IFREQ_SIZE)), request) === undefined) {
    return request === ioctls.SIOCGIFNAME ? nameOfIndex(task, arg) : -ENOTTY;
  }
  const given = task.mem.view(arg, IFREQ_SIZE);
  if (typeof given === 'number') return given;
  let name = '';
  for (let i = 0; i < IFNAMSIZ - 1 && given.getUint8(i) !== 0; i++) {
    name += String.fromCharCode(given.getUint8(i));
  }
  // An alias ("lo:1") is asked for by the device's name.
  if (name.split(':')[0] !== NAME) return -ENODEV;
  const dv = task.mem.stage(IFREQ_SIZE);
  for (let i = 0; i < name.length; i++) dv.setUint8(i, name.charCodeAt(i));
  if (describe(dv, request) === undefined) return -EINVAL;
  return task.mem.post(arg, IFREQ_SIZE);
}

/** SIOCGIFNAME: the name of the interface with the index in the union. */
function nameOfIndex(task: Task, arg: number): number {
  const index = task.mem.i32(arg + IFNAMSIZ);
  if (Number.isNaN(index)) return -EFAULT;
  if (index !== LOOPBACK_INDEX) return -ENODEV;
  const dv = task.mem.stage(IFNAMSIZ);
  putName(dv);
  return task.mem.post(arg, IFNAMSIZ);
}
