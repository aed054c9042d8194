/** File systems that mount(2) knows by name (register_filesystem in fs/filesystems.c). */

import { ENODEV } from '../abi/errno.js';
import type { Task } from '../kernel/task.js';
import type { FileSystem } from './inode.js';

/** Makes (or finds) the file system to mount. @param data options as mount(2) got them @returns it, or -errno */
export type MountFactory = (task: Task, source: string, data: string) => FileSystem | number;

const types = new Map<string, MountFactory>();

export function registerFileSystem(type: string, factory: MountFactory): void {
  types.set(type, factory);
}

/** @returns a file system, -ENODEV for an unknown type, or what the type says */
export function openFileSystem(task: Task, type: string, source: string, data: string): FileSystem | number {
  const factory = types.get(type);
  return factory === undefined ? -ENODEV : factory(task, source, data);
}
