/** Character devices by number (fs/char_dev.c): what a node opens, wherever it lies. */

import { ENXIO, EPERM } from '../abi/errno.js';
import { O_ACCMODE, O_RDONLY, O_WRONLY } from '../abi/fcntl.js';
import type { Task } from '../kernel/task.js';
import type { Path } from './dentry.js';
import type { OpenFile } from './file.js';

/** Opens a device. `flags` as in open(2). @returns a description or -errno */
export type DeviceOpen = (task: Task, path: Path, flags: number) => OpenFile | number;

const devices = new Map<number, DeviceOpen>();

/** Major and minor of userspace's dev_t (makedev(3)). */
export function majorOf(dev: number): number {
  return ((dev >>> 8) & 0xfff) | (Math.floor(dev / 0x100000000) & 0xfffff000);
}
export function minorOf(dev: number): number {
  return (dev & 0xff) | ((dev >>> 12) & 0xfff00);
}

function key(major: number, minor: number): number {
  return major * 0x100000 + minor;
}

/** Makes nodes with this number work; a second call replaces the first. */
export function registerCharDevice(major: number, minor: number, open: DeviceOpen): void {
  devices.set(key(major, minor), open);
}

/** What open(2) with these flags asks of a device, in the letters of a devices control group. */
function accessOf(flags: number): string {
  const mode = flags & O_ACCMODE;
  if (mode === O_RDONLY) return 'r';
  return mode === O_WRONLY ? 'w' : 'rw';
}

/** Opens the character device with number `rdev`; -ENXIO if there is none, -EPERM if the container may not. */
export function openCharDevice(task: Task, path: Path, flags: number, rdev: number): OpenFile | number {
  const major = majorOf(rdev);
  const minor = minorOf(rdev);
  if (task.container.devices?.allows('c', major, minor, accessOf(flags)) === false) return -EPERM;
  const open = devices.get(key(major, minor));
  return open === undefined ? -ENXIO : open(task, path, flags);
}
