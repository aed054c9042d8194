/** Character devices by number (fs/char_dev.c): what a device node leads to, wherever the node is. */

import { ENXIO } from '../abi/errno.js';
import type { Task } from '../kernel/task.js';
import type { Path } from './dentry.js';
import type { OpenFile } from './file.js';

export type DeviceOpener = (task: Task, path: Path, flags: number) => OpenFile | number;

const devices = new Map<number, DeviceOpener>();

/** makedev(3) for numbers below 4096 and 256. */
export function makedev(major: number, minor: number): number {
  return major * 256 + (minor & 0xff) + (minor >> 8) * 0x100000;
}

/** Says who opens device (`major`, `minor`); any minor if `minor` is -1. */
export function registerCharDevice(major: number, minor: number, open: DeviceOpener): void {
  devices.set(minor < 0 ? -1 - major : makedev(major, minor), open);
}

/** @returns the description, or -ENXIO if nobody knows the device: those of the host are never reached */
export function openCharDevice(task: Task, path: Path, rdev: number, flags: number): OpenFile | number {
  const open = devices.get(rdev) ?? devices.get(-1 - (Math.floor(rdev / 256) & 0xfff));
  return open === undefined ? -ENXIO : open(task, path, flags);
}
