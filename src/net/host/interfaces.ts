/** The host's interfaces as netdevice(7) shows them. Nothing can be changed. */

import { EFAULT, ENOTTY, EPERM } from '../../abi/errno.js';
import * as ioctls from '../../abi/ioctl.js';
import type { Task } from '../../kernel/task.js';
import { SOCK_CONTROL } from '../../platform/native.js';
import type { HostNetwork } from './network.js';

/** struct ifreq. */
const IFREQ_SIZE = 40;
/** Most entries of a list. */
const MOST = 1024;

const QUESTIONS: ReadonlySet<number> = new Set([
  ioctls.SIOCGIFNAME,
  ioctls.SIOCGIFFLAGS,
  ioctls.SIOCGIFADDR,
  ioctls.SIOCGIFDSTADDR,
  ioctls.SIOCGIFBRDADDR,
  ioctls.SIOCGIFNETMASK,
  ioctls.SIOCGIFMETRIC,
  ioctls.SIOCGIFMTU,
  ioctls.SIOCGIFHWADDR,
  ioctls.SIOCGIFINDEX,
  ioctls.SIOCGIFTXQLEN,
]);
const CHANGES: ReadonlySet<number> = new Set([
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

/** ioctl(2) of any socket about interfaces. @returns -EPERM for changes, -ENOTTY for another request, or what the host says */
export function hostInterfaceIoctl(network: HostNetwork, task: Task, request: number, arg: number): number {
  if (request === ioctls.SIOCGIFCONF) return listInterfaces(network, task, arg);
  if (CHANGES.has(request)) return -EPERM;
  if (!QUESTIONS.has(request)) return -ENOTTY;
  const given = task.mem.view(arg, IFREQ_SIZE);
  if (typeof given === 'number') return given;
  network.staging.set(new Uint8Array(given.buffer, given.byteOffset, IFREQ_SIZE), SOCK_CONTROL);
  const r = network.native.ioctlBuf(network.control, request, SOCK_CONTROL);
  if (r < 0) return r;
  return task.mem.write(arg, network.staging, SOCK_CONTROL, IFREQ_SIZE) === IFREQ_SIZE ? 0 : -EFAULT;
}

/** SIOCGIFCONF: struct ifconf, a length and the address of an array of struct ifreq. */
function listInterfaces(network: HostNetwork, task: Task, arg: number): number {
  const room = task.mem.i32(arg);
  const buf = task.mem.u64(arg + 8);
  if (Number.isNaN(room) || Number.isNaN(buf)) return -EFAULT;
  const entries = new Uint8Array(IFREQ_SIZE * MOST);
  const n = network.native.interfaceList(network.control, entries);
  if (n < 0) return n;
  if (buf === 0) return task.mem.putU32(arg, n);
  const shown = Math.min(n, Math.floor(Math.max(0, room) / IFREQ_SIZE) * IFREQ_SIZE);
  if (shown > 0 && task.mem.write(buf, entries, 0, shown) !== shown) return -EFAULT;
  return task.mem.putU32(arg, shown);
}
