/** The loopback device as netdevice(7) shows it: SIOCGIFCONF and its kin. There is no other interface. */

import { EADDRNOTAVAIL, EFAULT, EINVAL, ENODEV, ENOTTY, EOPNOTSUPP, EPERM } from '../../abi/errno.js';
import * as ioctls from '../../abi/ioctl.js';
import { CAP_NET_ADMIN } from '../../abi/sched.js';
import { AF_INET } from '../../abi/socket.js';
import { capable } from '../../kernel/cred.js';
import type { Task } from '../../kernel/task.js';
import type { SyscallResult } from '../../kernel/wait.js';
import { hostInterfaceIoctl } from '../host/interfaces.js';
import { hostNetwork } from '../host/network.js';
import { announceLink, setLinkFlags } from '../netlink/route/link.js';
import { ANY4, type Ip, isV4 } from './address.js';
import {
  type InterfaceAddress,
  LOOPBACK_INDEX,
  LOOPBACK_NAME,
  type LoopbackDevice,
  networkOf,
} from './device.js';
import { inetStack } from './stack.js';

/** ARPHRD_LOOPBACK. */
const ARPHRD_LOOPBACK = 772;

/** struct ifreq: a name of 16 bytes and a union of 24. */
const IFREQ_SIZE = 40;
const IFNAMSIZ = 16;

function putName(dv: DataView, name: string, off = 0): void {
  for (let i = 0; i < Math.min(name.length, IFNAMSIZ - 1); i++) dv.setUint8(off + i, name.charCodeAt(i));
}
function putSockaddr(dv: DataView, off: number, ip: Ip): void {
  dv.setUint16(off, AF_INET, true);
  for (let i = 0; i < 4; i++) dv.setUint8(off + 4 + i, ip.charCodeAt(i));
}

function addresses4(device: LoopbackDevice): readonly InterfaceAddress[] {
  return device.addresses.filter((a) => isV4(a.ip));
}

/** SIOCGIFCONF: struct ifconf, a length and the address of an array of struct ifreq, one for each IPv4 address. */
function listInterfaces(task: Task, arg: number): number {
  const room = task.mem.i32(arg);
  const buf = task.mem.u64(arg + 8);
  if (Number.isNaN(room) || Number.isNaN(buf)) return -EFAULT;
  const all = addresses4(inetStack(task.kernel).device);
  if (buf === 0) return task.mem.putU32(arg, IFREQ_SIZE * all.length);
  const shown = all.slice(0, Math.max(0, Math.floor(room / IFREQ_SIZE)));
  const size = IFREQ_SIZE * shown.length;
  if (size > 0) {
    const dv = task.mem.stage(size);
    for (const [i, a] of shown.entries()) {
      putName(dv, a.label, IFREQ_SIZE * i);
      putSockaddr(dv, IFREQ_SIZE * i + IFNAMSIZ, a.ip);
    }
    if (task.mem.post(buf, size) < 0) return -EFAULT;
  }
  return task.mem.putU32(arg, size);
}

/** The requests about an address, and what they say of it. */
const OF_ADDRESS = new Map<number, (a: InterfaceAddress) => Ip>([
  [ioctls.SIOCGIFADDR, (a) => a.ip],
  // Without a peer the destination is the address itself.
  [ioctls.SIOCGIFDSTADDR, (a) => a.peer],
  [ioctls.SIOCGIFBRDADDR, (a) => a.broadcast ?? ANY4],
  [ioctls.SIOCGIFNETMASK, (a) => networkOf('\xff\xff\xff\xff', a.prefix)],
]);

/** Fills the union of a struct ifreq. @returns 0, or undefined when the request is not about an interface's properties */
function describe(dv: DataView, device: LoopbackDevice, request: number): number | undefined {
  switch (request) {
    case ioctls.SIOCGIFFLAGS:
      dv.setInt16(IFNAMSIZ, device.flags & 0x7fff, true);
      return 0;
    case ioctls.SIOCGIFHWADDR:
      dv.setUint16(IFNAMSIZ, ARPHRD_LOOPBACK, true);
      return 0;
    case ioctls.SIOCGIFMTU:
      dv.setInt32(IFNAMSIZ, device.mtu, true);
      return 0;
    case ioctls.SIOCGIFMETRIC:
      dv.setInt32(IFNAMSIZ, 0, true);
      return 0;
    case ioctls.SIOCGIFINDEX:
      dv.setInt32(IFNAMSIZ, LOOPBACK_INDEX, true);
      return 0;
    case ioctls.SIOCGIFTXQLEN:
      dv.setInt32(IFNAMSIZ, device.txQueueLength, true);
      return 0;
    default:
      return undefined;
  }
}

/** Requests that would change what cannot be changed. */
const UNCHANGEABLE = new Set([
  ioctls.SIOCSIFADDR,
  ioctls.SIOCSIFDSTADDR,
  ioctls.SIOCSIFBRDADDR,
  ioctls.SIOCSIFNETMASK,
  ioctls.SIOCSIFMETRIC,
  ioctls.SIOCSIFHWADDR,
  ioctls.SIOCSIFNAME,
  ioctls.SIOCADDRT,
  ioctls.SIOCDELRT,
]);
const CHANGEABLE = new Set([ioctls.SIOCSIFFLAGS, ioctls.SIOCSIFMTU, ioctls.SIOCSIFTXQLEN]);

/** Changes the device. @returns -EINVAL for a length below 0 */
function change(task: Task, device: LoopbackDevice, request: number, given: DataView): number {
  if (request === ioctls.SIOCSIFFLAGS) {
    setLinkFlags(task.kernel, given.getUint16(IFNAMSIZ, true));
    return 0;
  }
  const value = given.getInt32(IFNAMSIZ, true);
  if (value < 0) return -EINVAL;
  if (request === ioctls.SIOCSIFMTU) device.mtu = value;
  else device.txQueueLength = value;
  announceLink(task.kernel, 0);
  return 0;
}

/**
 * ioctl(2) of any socket about interfaces.
 * @returns -ENODEV for another interface than lo, -EADDRNOTAVAIL without such an address, -EPERM, -EOPNOTSUPP for what
 * cannot be changed, -ENOTTY for another request
 */
export function interfaceIoctl(task: Task, request: number, arg: number): SyscallResult {
  const network = hostNetwork(task.kernel);
  if (network !== undefined) return hostInterfaceIoctl(network, task, request, arg);
  if (request === ioctls.SIOCGIFCONF) return listInterfaces(task, arg);
  if (request === ioctls.SIOCGIFNAME) return nameOfIndex(task, arg);
  const sets = CHANGEABLE.has(request) || UNCHANGEABLE.has(request);
  const { device } = inetStack(task.kernel);
  const ofAddress = OF_ADDRESS.get(request);
  const known =
    ofAddress !== undefined || describe(new DataView(new ArrayBuffer(IFREQ_SIZE)), device, request) === 0;
  if (!sets && !known) return -ENOTTY;
  if (sets && !capable(task.cred, CAP_NET_ADMIN)) return -EPERM;
  if (UNCHANGEABLE.has(request)) return -EOPNOTSUPP;
  const given = task.mem.view(arg, IFREQ_SIZE);
  if (typeof given === 'number') return given;
  let name = '';
  for (let i = 0; i < IFNAMSIZ - 1 && given.getUint8(i) !== 0; i++) {
    name += String.fromCharCode(given.getUint8(i));
  }
  // An alias ("lo:1") is asked for by the device's name.
  if (name.split(':')[0] !== LOOPBACK_NAME) return -ENODEV;
  if (sets) return change(task, device, request, given);
  const dv = task.mem.stage(IFREQ_SIZE);
  putName(dv, name);
  if (ofAddress === undefined) describe(dv, device, request);
  else {
    const address = addresses4(device).find((a) => a.label === name);
    if (address === undefined) return -EADDRNOTAVAIL;
    putSockaddr(dv, IFNAMSIZ, ofAddress(address));
  }
  return task.mem.post(arg, IFREQ_SIZE);
}

/** SIOCGIFNAME: the name of the interface with the index in the union. */
function nameOfIndex(task: Task, arg: number): number {
  const index = task.mem.i32(arg + IFNAMSIZ);
  if (Number.isNaN(index)) return -EFAULT;
  if (index !== LOOPBACK_INDEX) return -ENODEV;
  const dv = task.mem.stage(IFNAMSIZ);
  putName(dv, LOOPBACK_NAME);
  return task.mem.post(arg, IFNAMSIZ);
}
